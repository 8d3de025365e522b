// Usage of models as it is added up, drawn and exported. What was not measured is undefined, never zero.
import type { Datapoint } from '../../../api/cms';
import type { UsageBucket, UsageKind } from '../../../api/models';
import { csvOf, iso } from '../csv';

export const KINDS: UsageKind[] = ['completions', 'embeddings', 'reranks'];
export const METRICS = ['requests', 'input', 'cached', 'output'] as const;
export type Metric = (typeof METRICS)[number];
export type Figures = Partial<Record<Metric, number>>;

export interface Row {
  start: number; // seconds since 1970
  end: number;
  kind?: UsageKind; // where it is known
  model: string;
  key: string;
  batch?: boolean;
  figures: Figures;
}

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

// As CloudMonitor calls them.
export const CMS_NAMES: Record<Metric, string> = {
  requests: 'ModelRequests', input: 'PromptTokens', cached: 'CachedTokens', output: 'CompletionTokens',
};

export function rowsOfAll(points: Record<Metric, Datapoint[]>, seconds: number): Row[] {
  const rows = new Map<string, Row>();
  for (const metric of METRICS) {
    for (const { timestamp, resource: model, accessKeyId: key, Value: value } of points[metric]) {
      const id = JSON.stringify([timestamp, model, key]);
      const start = timestamp / 1000;
      const row = rows.get(id) ?? { start, end: start + seconds, model, key, figures: {} };
      row.figures[metric] = value;
      rows.set(id, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.start - b.start);
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

const HEAD = ['start_time', 'end_time', 'kind', 'model', 'api_key_id', 'batch',
  'num_model_requests', 'input_tokens', 'input_cached_tokens', 'output_tokens'];

// Columns are called as the API calls them.
export function toCsv(rows: Row[]): string {
  return csvOf(HEAD, rows.map(({ start, end, kind, model, key, batch, figures }) =>
    [iso(start), iso(end), kind, model, key, batch === undefined ? undefined : String(batch), figures.requests, figures.input,
      figures.cached, figures.output]));
}
