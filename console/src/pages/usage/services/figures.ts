// What CloudMonitor has measured, as it is added up, drawn and exported. What was not measured is
// undefined, never zero.
import type { Datapoint } from '../../../api/cms';
import { csvOf, iso } from '../csv';

export const METRICS = ['requests', 'failed', 'received', 'sent', 'stored', 'objects'] as const;
export type Metric = (typeof METRICS)[number];
export type Figures = Partial<Record<Metric, number>>;

// As CloudMonitor calls them, and the columns of the export.
export const NAMES: Record<Metric, string> = {
  requests: 'Requests', failed: 'FailedRequests', received: 'BytesReceived', sent: 'BytesSent',
  stored: 'BytesStored', objects: 'ObjectsStored',
};
export const isBytes = (metric: Metric) => NAMES[metric].startsWith('Bytes');
// What is there, and not how much of it came: it is not added up over time.
const isStock = (metric: Metric) => NAMES[metric].endsWith('Stored');

export const GROUPS = ['service', 'bucket', 'key'] as const;
export type Group = (typeof GROUPS)[number];

export interface Row {
  start: number; // seconds since 1970
  service: string;
  bucket: string; // empty: none
  key: string; // an access key; empty: nobody signed, or it is about what is stored
  figures: Figures;
}

export function rowsOf(points: Record<Metric, Datapoint[]>): Row[] {
  const rows = new Map<string, Row>();
  for (const metric of METRICS) {
    for (const { timestamp, service, resource, accessKeyId, Value: value } of points[metric]) {
      // What is stored is a row of its own: nobody's key stores it.
      const id = JSON.stringify([timestamp, service, resource, accessKeyId, isStock(metric)]);
      const row = rows.get(id) ?? {
        start: timestamp / 1000, service, bucket: resource, key: accessKeyId, figures: {},
      };
      row.figures[metric] = value;
      rows.set(id, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.start - b.start);
}

// When the buckets were last looked at.
export function lastStock(rows: Row[]): number | undefined {
  return rows.findLast(({ figures }) => figures.stored !== undefined)?.start;
}

// `stockAt`: the step whose stock counts.
export function sum(rows: Row[], stockAt: number | undefined): Figures {
  const total: Figures = {};
  for (const { start, figures } of rows) {
    for (const metric of METRICS) {
      const value = figures[metric];
      if (value === undefined || (isStock(metric) && start !== stockAt)) continue;
      total[metric] = (total[metric] ?? 0) + value;
    }
  }
  return total;
}

// The rows that are of a group, and its metrics: nobody stores with a key, and only objects are in buckets.
export function rowsFor(group: Group, rows: Row[]): Row[] {
  if (group === 'bucket') return rows.filter(({ service }) => service === 'oss');
  return group === 'key' ? rows.filter(({ figures }) => figures.requests !== undefined) : rows;
}
export const metricsFor = (group: Group): Metric[] =>
  METRICS.filter((metric) => group !== 'key' || !isStock(metric));

// The names with the most, at most as many; the others are drawn together.
export function largest(sizes: Map<string, number>, most: number): string[] {
  return [...sizes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, most).map(([name]) => name);
}

const HEAD = ['start_time', 'end_time', 'service', 'bucket', 'access_key_id',
  ...METRICS.map((metric) => NAMES[metric].replace(/(?<=.)[A-Z]/g, (c) => `_${c}`).toLowerCase())];

export function toCsv(rows: Row[], seconds: number): string {
  return csvOf(HEAD, rows.map(({ start, service, bucket, key, figures }) =>
    [iso(start), iso(start + seconds), service, bucket, key, ...METRICS.map((metric) => figures[metric])]));
}
