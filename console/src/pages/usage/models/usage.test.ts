import { describe, expect, it } from 'vitest';
import { allowsHours, daysBetween, groupBy, lastDays, stepsOf } from '../ranges';
import { rowsOf, rowsOfAll, sum, toCsv } from './usage';

const HOUR = 3600;
const bucket = (start: number, ...results: object[]) =>
  ({ start_time: start, end_time: start + HOUR, results: results as never[] });
const result = {
  model: 'm', api_key_id: 'key-1', batch: false, num_model_requests: 2, input_tokens: 10,
  input_cached_tokens: 4, output_tokens: 0,
};

describe('ranges', () => {
  it('covers this moment with whole steps', () => {
    expect(lastDays(1, '1h', 100 * HOUR + 5)).toEqual({ from: 77 * HOUR, to: 101 * HOUR });
    expect(stepsOf(lastDays(1, '1h', 100 * HOUR + 5), '1h')).toHaveLength(24);
  });
  it('takes whole days in UTC, in order and not too many', () => {
    const day = Date.parse('2026-11-22T00:00:00Z') / 1000;
    expect(daysBetween('2026-11-22', '2026-11-22')).toEqual({ from: day, to: day + 24 * HOUR });
    expect(daysBetween('2026-11-22', '2026-11-20')).toBeUndefined();
    expect(daysBetween('2020-01-01', '2026-11-20')).toBeUndefined();
    expect(daysBetween('', '2026-11-20')).toBeUndefined();
    expect(allowsHours(daysBetween('2026-01-01', '2026-03-01')!)).toBe(false);
  });
});

describe('sums', () => {
  const rows = [
    ...rowsOf('completions', [bucket(0, result), bucket(HOUR), bucket(2 * HOUR, result)]),
    ...rowsOf('embeddings', [bucket(0, { model: 'e', num_model_requests: 1, input_tokens: 3 })]),
  ];
  it('adds up what there is', () => {
    expect(sum(rows)).toEqual({ requests: 5, input: 23, cached: 8, output: 0 });
    expect([...groupBy(rows, (row) => row.model).keys()]).toEqual(['m', 'e']);
  });
  it('knows nothing of what was not measured', () => {
    expect(sum(rows.filter((row) => row.kind === 'embeddings')))
      .toEqual({ requests: 1, input: 3 });
    expect(sum([])).toEqual({});
  });
});

it('puts together what CloudMonitor says of all keys', () => {
  const point = (accessKeyId: string, Value: number) =>
    ({ timestamp: HOUR * 1000, service: 'modelstudio', resource: 'm', accessKeyId, Value });
  const rows = rowsOfAll(
    { requests: [point('a', 1), point('b', 2)], input: [point('a', 5)], cached: [], output: [] }, HOUR);
  expect(rows).toEqual([
    { start: HOUR, end: 2 * HOUR, model: 'm', key: 'a', figures: { requests: 1, input: 5 } },
    { start: HOUR, end: 2 * HOUR, model: 'm', key: 'b', figures: { requests: 2 } },
  ]);
  expect(toCsv(rows).split('\r\n')[1]).toBe('1970-01-01T01:00:00Z,1970-01-01T02:00:00Z,,m,a,,1,5,,');
});

describe('CSV', () => {
  it('leaves empty what was not measured, and quotes', () => {
    const rows = rowsOf('embeddings', [
      bucket(0, { ...result, model: '=a,"b"', output_tokens: undefined, input_cached_tokens: undefined }),
    ]);
    expect(toCsv(rows).split('\r\n')[1]).toBe(
      `1970-01-01T00:00:00Z,1970-01-01T01:00:00Z,embeddings,"'=a,""b""",key-1,false,2,10,,`);
  });
});
