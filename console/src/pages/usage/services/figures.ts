// What CloudMonitor has measured, as it is added up, drawn and exported. What was not measured is
// undefined, never zero.
import type { Datapoint } from '../../../api/cms';
import { csvOf, iso } from '../csv';
import type { Whose } from '../whose';

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

const GROUPS = ['service', 'bucket', 'user', 'key'] as const;
export type Group = (typeof GROUPS)[number];
// One's own are one user's.
export const groupsOf = (whose: Whose): Group[] =>
  GROUPS.filter((group) => whose === 'all' || group !== 'user');
// What is stored is the account's, whoever stored it.
export const metricsOf = (whose: Whose): Metric[] =>
  METRICS.filter((metric) => whose === 'all' || !isStock(metric));

export interface Row {
  start: number; // seconds since 1970
  service: string;
  bucket: string; // empty: none
  key: string; // an access key; empty: nobody signed, or it is about what is stored
  caller: string; // whose key it is: a user's, a role's or the account's id
  figures: Figures;
}

export function rowsOf(points: Partial<Record<Metric, Datapoint[]>>): Row[] {
  const rows = new Map<string, Row>();
  for (const metric of METRICS) {
    for (const { timestamp, service, resource, accessKeyId, callerId = '', Value: value } of points[metric] ?? []) {
      // What is stored is a row of its own: nobody's key stores it.
      const id = JSON.stringify([timestamp, service, resource, accessKeyId, callerId, isStock(metric)]);
      const row = rows.get(id) ?? {
        start: timestamp / 1000, service, bucket: resource, key: accessKeyId, caller: callerId, figures: {},
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

// The rows that are of a group, and its metrics: what is stored is nobody's in particular, and only
// objects are in buckets.
const isOfCallers = (group: Group) => group === 'key' || group === 'user';
export function rowsFor(group: Group, rows: Row[]): Row[] {
  if (group === 'bucket') return rows.filter(({ service }) => service === 'oss');
  return isOfCallers(group) ? rows.filter(({ figures }) => figures.requests !== undefined) : rows;
}
export const metricsFor = (group: Group, whose: Whose): Metric[] =>
  metricsOf(whose).filter((metric) => !isOfCallers(group) || !isStock(metric));

// The names with the most, at most as many; the others are drawn together.
export function largest(sizes: Map<string, number>, most: number): string[] {
  return [...sizes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, most).map(([name]) => name);
}

const HEAD = ['start_time', 'end_time', 'service', 'bucket', 'access_key_id', 'caller_id',
  ...METRICS.map((metric) => NAMES[metric].replace(/(?<=.)[A-Z]/g, (c) => `_${c}`).toLowerCase())];

export function toCsv(rows: Row[], seconds: number): string {
  return csvOf(HEAD, rows.map(({ start, service, bucket, key, caller, figures }) =>
    [iso(start), iso(start + seconds), service, bucket, key, caller, ...METRICS.map((metric) => figures[metric])]));
}
