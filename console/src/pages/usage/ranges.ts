// Which hours or days, and what is grouped by them. Times are seconds since 1970.
import type { UsageWidth } from '../../api/models';

export const SECONDS: Record<UsageWidth, number> = { '1h': 3_600, '1d': 86_400 };
export const MOST_DAYS = 366;
export const MOST_DAYS_BY_HOUR = 31;

export interface Range {
  from: number;
  to: number;
}

// The whole steps that cover the last `days`, and this moment.
export function lastDays(days: number, width: UsageWidth, now: number): Range {
  const step = SECONDS[width];
  const to = (Math.floor(now / step) + 1) * step;
  return { from: to - days * SECONDS['1d'], to };
}

// From the beginning of a day to the end of another: "2026-11-22", in UTC.
export function daysBetween(first: string, last: string): Range | undefined {
  const from = Date.parse(`${first}T00:00:00Z`) / 1000;
  const to = Date.parse(`${last}T00:00:00Z`) / 1000 + SECONDS['1d'];
  if (!(from < to) || to - from > MOST_DAYS * SECONDS['1d']) return undefined;
  return { from, to };
}

export const allowsHours = ({ from, to }: Range) => to - from <= MOST_DAYS_BY_HOUR * SECONDS['1d'];

// The beginnings of all steps of a range.
export function stepsOf({ from, to }: Range, width: UsageWidth): number[] {
  const step = SECONDS[width];
  const first = Math.floor(from / step) * step;
  return Array.from({ length: Math.ceil((to - first) / step) }, (_, i) => first + i * step);
}

export function groupBy<T, K>(rows: T[], keyOf: (row: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
