// Counters, looked at every few seconds, as rates.
import type { Sample } from '../../api/lakeside';

export interface Totals {
  at: number; // ms
  ok: number;
  refused: number;
  failed: number;
  bytesIn: number;
  bytesOut: number;
  tokensIn: number;
  tokensCached: number;
  tokensOut: number;
}
export type Rates = Omit<Totals, 'at'>;

// What is drawn of each metric. Nothing else is asked for.
const SUMMED: Record<string, keyof Rates> = {
  lakeside_request_bytes_total: 'bytesIn',
  lakeside_response_bytes_total: 'bytesOut',
  lakeside_model_prompt_tokens_total: 'tokensIn',
  lakeside_model_cached_tokens_total: 'tokensCached',
  lakeside_model_completion_tokens_total: 'tokensOut',
};
const REQUESTS = 'lakeside_requests_total'; // drawn by their outcome
export const DRAWN = [REQUESTS, ...Object.keys(SUMMED)];

// The page's own looking is not what people want to see.
const OWN = new Set(['Metrics', 'Health', 'GetConsole']);

export function totalsOf(samples: Sample[], at: number): Totals {
  const totals = {
    at, ok: 0, refused: 0, failed: 0, bytesIn: 0, bytesOut: 0, tokensIn: 0, tokensCached: 0, tokensOut: 0,
  };
  for (const { name, labels, value } of samples) {
    if (OWN.has(labels.operation ?? '')) continue;
    const kind = labels.status === '5xx' ? 'failed' : labels.status === '4xx' ? 'refused' : 'ok';
    const drawn = name === REQUESTS ? kind : SUMMED[name];
    if (drawn) totals[drawn] += value;
  }
  return totals;
}

// Nothing where the server was started anew in between.
export function rateBetween(before: Totals, after: Totals): Rates | undefined {
  const seconds = (after.at - before.at) / 1000;
  if (seconds <= 0) return undefined;
  const rates: Partial<Rates> = {};
  for (const name of Object.keys(after) as (keyof Totals)[]) {
    if (name === 'at') continue;
    const change = after[name] - before[name];
    if (change < 0) return undefined;
    rates[name] = change / seconds;
  }
  return rates as Rates;
}

export interface Problem {
  service: string;
  operation: string;
  refused: number;
  failed: number;
}

export function problemsOf(samples: Sample[]): Problem[] {
  const found = new Map<string, Problem>();
  for (const { name, labels, value } of samples) {
    const { service = '', operation = '', status } = labels;
    if (name !== REQUESTS || value === 0) continue;
    if (status !== '4xx' && status !== '5xx') continue;
    const key = `${service}/${operation}`;
    const problem = found.get(key) ?? { service, operation, refused: 0, failed: 0 };
    problem[status === '4xx' ? 'refused' : 'failed'] += value;
    found.set(key, problem);
  }
  return [...found.values()].sort((a, b) => b.failed - a.failed || b.refused - a.refused);
}

export const failuresOf = (samples: Sample[]): number =>
  problemsOf(samples).reduce((sum, { refused, failed }) => sum + refused + failed, 0);
