// Usage as it is added up, drawn and exported. What was not measured is undefined, never zero.
import type { UsageBucket, UsageKind, UsageWidth } from '../../api/models';

export const KINDS: UsageKind[] = ['completions', 'embeddings', 'reranks'];
export const METRICS = ['requests', 'input', 'cached', 'output'] as const;
export type Metric = (typeof METRICS)[number];
export type Figures = Partial<Record<Metric, number>>;

export interface Row {
  start: number; // seconds since 1970
  end: number;
  kind: UsageKind;
  model: string;
  key: string;
  batch: boolean;
  figures: Figures;
}

export const SECONDS: Record<UsageWidth, number> = { '1h': 3_600, '1d': 86_400 };
export const MOST_DAYS = 366;
export const MOST_DAYS_BY_HOUR = 31;

export interface Range {
  from: number; // seconds since 1970
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

export function rowsOf(kind: UsageKind, buckets: UsageBucket[]): Row[] {
  return buckets.flatMap(({ start_time: start, end_time: end, results }) =>
    results.map((result) => ({
      start, end, kind,
      model: result.model,
      key: result.api_key_id,
      batch: result.batch === true,
      figures: {
        requests: result.num_model_requests,
        input: result.input_tokens,
        cached: result.input_cached_tokens,
        output: result.output_tokens,
      },
    })));
}

export function sum(rows: Row[]): Figures {
  const total: Figures = {};
  for (const { figures } of rows) {
    for (const metric of METRICS) {
      const value = figures[metric];
      if (value !== undefined) total[metric] = (total[metric] ?? 0) + value;
    }
  }
  return total;
}

export function groupBy<K>(rows: Row[], keyOf: (row: Row) => K): Map<K, Row[]> {
  const groups = new Map<K, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

// The beginnings of all steps of a range.
export function stepsOf({ from, to }: Range, width: UsageWidth): number[] {
  const step = SECONDS[width];
  const first = Math.floor(from / step) * step;
  return Array.from({ length: Math.ceil((to - first) / step) }, (_, i) => first + i * step);
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '');

// A table program would take what begins like this for a formula.
function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const HEAD = ['start_time', 'end_time', 'kind', 'model', 'api_key_id', 'batch',
  'num_model_requests', 'input_tokens', 'input_cached_tokens', 'output_tokens'];

// Columns are called as the API calls them; the mark in front tells Excel that it is UTF-8.
export function toCsv(rows: Row[]): string {
  const lines = rows.map(({ start, end, kind, model, key, batch, figures }) =>
    [iso(start), iso(end), kind, model, key, String(batch), figures.requests, figures.input,
      figures.cached, figures.output].map(cell).join(','));
  return '\uFEFF' + [HEAD.join(','), ...lines].join('\r\n') + '\r\n';
}
