import { useMemo } from 'react';
import type { UsageWidth } from '../../api/models';
import { useLanguage } from '../../app/text';

// Hours as they are here; days as the server counts them, in UTC.
export function useTimes(width: UsageWidth) {
  const { language } = useLanguage();
  return useMemo(() => {
    const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
    const format = (options: Intl.DateTimeFormatOptions) => {
      const formatter = new Intl.DateTimeFormat(locale, {
        ...options, ...(width === '1d' && { timeZone: 'UTC' }),
      });
      return (seconds: number) => formatter.format(seconds * 1000);
    };
    const day = format({ month: 'short', day: 'numeric' });
    if (width === '1d') return { short: day, full: format({ dateStyle: 'medium' }) };
    const hour = format({ hour: '2-digit', minute: '2-digit' });
    // Of the first hour of a day, the day.
    const short = (seconds: number) =>
      (new Date(seconds * 1000).getHours() === 0 ? day(seconds) : hour(seconds));
    return { short, full: format({ dateStyle: 'medium', timeStyle: 'short' }) };
  }, [language, width]);
}
