// Files that table programs open.
import type { Range } from './ranges';

export type Cell = string | number | undefined; // undefined: not measured

export const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '');

// A table program would take what begins like this for a formula.
function written(value: Cell): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// The mark in front tells Excel that it is UTF-8.
export function csvOf(head: string[], lines: Cell[][]): string {
  const all = [head, ...lines].map((cells) => cells.map(written).join(','));
  return '\uFEFF' + all.join('\r\n') + '\r\n';
}

export function save(what: string, { from, to }: Range, csv: string) {
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
  link.download = `lakeside-${what}-${day(from)}-${day(to - 1)}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
