// Which days, in which steps.
import { Input, Segmented } from 'antd';
import type { UsageWidth } from '../../api/models';
import { useText } from '../../app/text';
import { text } from './messages';
import styles from './Usage.module.css';
import { allowsHours, daysBetween, lastDays, MOST_DAYS, type Range } from './ranges';

export type Preset = 'day' | 'week' | 'month' | 'custom';
export interface Choice {
  preset: Preset;
  first: string; // of a custom range: "2026-11-22"
  last: string;
  width: UsageWidth;
}
const DAYS = { day: 1, week: 7, month: 30 };

const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

export function usualChoice(now: number): Choice {
  return { preset: 'day', first: dateOf(now - 6 * 86_400_000), last: dateOf(now), width: '1h' };
}

export function rangeOf(choice: Choice, now: number): Range | undefined {
  const { preset, first, last, width } = choice;
  if (preset === 'custom') return daysBetween(first, last);
  return lastDays(DAYS[preset], width, now / 1000);
}

function Dates({ choice, onChange }: { choice: Choice; onChange: (choice: Choice) => void }) {
  const t = useText(text);
  const wrong = daysBetween(choice.first, choice.last) === undefined;
  const field = (name: 'first' | 'last', label: string) => (
    <label>
      {label}
      <Input type="date" value={choice[name]} status={wrong ? 'error' : ''} aria-invalid={wrong}
        onChange={(event) => onChange({ ...choice, [name]: event.target.value })} />
    </label>
  );
  return (
    <div>
      <div className={styles.dates}>{field('first', t.from)}{field('last', t.to)}</div>
      {wrong && <div role="alert" className={styles.wrong}>{t.rangeWrong(MOST_DAYS)}</div>}
    </div>
  );
}

export function RangePicker({ choice, onChange }: {
  choice: Choice; onChange: (choice: Choice) => void;
}) {
  const t = useText(text);
  const range = rangeOf(choice, Date.now());
  const presets: Preset[] = ['day', 'week', 'month', 'custom'];
  // A short range is looked at by hour, unless somebody says otherwise.
  const choosePreset = (preset: Preset) =>
    onChange({ ...choice, preset, width: preset === 'day' ? '1h' : '1d' });
  const chooseDates = (next: Choice) => {
    const chosen = rangeOf(next, Date.now());
    onChange({ ...next, width: chosen && !allowsHours(chosen) ? '1d' : next.width });
  };
  return (
    <>
      <Segmented aria-label={t.range} value={choice.preset} onChange={choosePreset}
        options={presets.map((value) => ({ value, label: t[value] }))} />
      {choice.preset === 'custom' && <Dates choice={choice} onChange={chooseDates} />}
      <Segmented<UsageWidth> aria-label={t.width} value={choice.width}
        onChange={(width) => onChange({ ...choice, width })}
        options={[
          { value: '1h', label: t.hours, disabled: range && !allowsHours(range) },
          { value: '1d', label: t.days },
        ]} />
    </>
  );
}
