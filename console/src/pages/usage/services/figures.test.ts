import { describe, expect, it } from 'vitest';
import type { Datapoint } from '../../../api/cms';
import {
  groupsOf, largest, lastStock, metricsFor, metricsOf, rowsFor, rowsOf, sum, toCsv,
} from './figures';

const HOUR = 3600;
const point = (hour: number, resource: string, Value: number, accessKeyId = 'LTAI', service = 'oss'): Datapoint =>
  ({ timestamp: hour * HOUR * 1000, service, resource, accessKeyId, callerId: accessKeyId && '2001', Value });

describe('figures', () => {
  const rows = rowsOf({
    requests: [point(0, 'a', 2), point(1, 'a', 3), point(1, '', 1, 'LTAI', 'ram'), point(1, 'b', 7, '')],
    failed: [point(0, 'a', 0), point(1, 'a', 1), point(1, '', 0, 'LTAI', 'ram'), point(1, 'b', 7, '')],
    stored: [point(0, 'a', 100, ''), point(0, 'gone', 900, ''), point(1, 'a', 300, ''), point(1, 'b', 5, '')],
  });
  it('are put together by what they are about, and stock is nobody\'s', () => {
    expect(rows).toHaveLength(8);
    expect(rows.filter(({ figures }) => figures.stored !== undefined)
      .every(({ figures }) => figures.requests === undefined)).toBe(true);
  });
  it('are added up, but stock is what was there last', () => {
    expect(lastStock(rows)).toBe(HOUR);
    expect(sum(rows, lastStock(rows))).toEqual({ requests: 13, failed: 8, stored: 305 });
    expect(sum(rows.filter(({ bucket }) => bucket === 'gone'), HOUR)).toEqual({});
    expect(sum([], lastStock([]))).toEqual({});
  });
  it('are looked at by bucket and by key', () => {
    expect(rowsFor('bucket', rows).some(({ service }) => service === 'ram')).toBe(false);
    expect(rowsFor('key', rows).map(({ key }) => key)).toEqual(['LTAI', 'LTAI', 'LTAI', '']);
    expect(rowsFor('user', rows).map(({ caller }) => caller)).toEqual(['2001', '2001', '2001', '']);
  });
  it('of one key are told apart by who used it', () => {
    const theirs = rowsOf({
      requests: [point(0, 'a', 2), { ...point(0, 'a', 5), callerId: '2002' }, { ...point(0, 'a', 1), callerId: undefined }],
    });
    expect(theirs.map(({ caller, figures }) => [caller, figures.requests])).toEqual([['2001', 2], ['2002', 5], ['', 1]]);
  });
  it('are exported as they are called, with nothing where nothing was measured', () => {
    const [head, first, ...rest] = toCsv(rows, HOUR).replace('\uFEFF', '').split('\r\n');
    expect(head).toBe('start_time,end_time,service,bucket,access_key_id,caller_id,requests,failed_requests,' +
      'bytes_received,bytes_sent,bytes_stored,objects_stored');
    expect(first).toBe('1970-01-01T00:00:00Z,1970-01-01T01:00:00Z,oss,a,LTAI,2001,2,0,,,,');
    expect(rest).toContain('1970-01-01T01:00:00Z,1970-01-01T02:00:00Z,oss,a,,,,,,,300,');
  });
});

it('draws the largest by themselves', () => {
  expect(largest(new Map([['a', 1], ['b', 5], ['c', 1]]), 2)).toEqual(['b', 'a']);
});

it('shows of one\'s own what one has called, and nothing that is stored', () => {
  expect(metricsOf('all')).toHaveLength(6);
  expect(metricsOf('own')).toEqual(['requests', 'failed', 'received', 'sent']);
  expect(metricsFor('bucket', 'all')).toContain('stored');
  expect(metricsFor('user', 'all')).not.toContain('stored');
  expect(groupsOf('all')).toContain('user');
  expect(groupsOf('own')).not.toContain('user');
});
