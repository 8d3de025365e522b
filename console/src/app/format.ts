// Numbers, sizes and times as people read them.
import { useMemo } from 'react';
import { type Language, useLanguage } from './text';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function formatBytes(bytes: number): string {
  let unit = 0;
  while (bytes >= 1024 && unit < UNITS.length - 1) {
    bytes /= 1024;
    ++unit;
  }
  const digits = unit === 0 || bytes >= 100 ? 0 : bytes >= 10 ? 1 : 2;
  return `${bytes.toFixed(digits)} ${UNITS[unit]}`;
}

function formats(language: Language) {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const span = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return {
    bytes: formatBytes,
    number: (value: number) => number.format(value),
    time: (value: string | number | Date) => time.format(new Date(value)),
    fromNow: (ms: number) => {
      const minutes = Math.round(ms / 60_000);
      if (Math.abs(minutes) < 60) return span.format(minutes, 'minute');
      const hours = Math.round(minutes / 60);
      return Math.abs(hours) < 48 ? span.format(hours, 'hour')
        : span.format(Math.round(hours / 24), 'day');
    },
  };
}

export function useFormat() {
  const { language } = useLanguage();
  return useMemo(() => formats(language), [language]);
}
