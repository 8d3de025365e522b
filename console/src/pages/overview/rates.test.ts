import { expect, it } from 'vitest';
import { parseMetrics } from '../../api/lakeside';
import { DRAWN, problemsOf, rateBetween, totalsOf } from './rates';

const metrics = (ok: number, denied: number) => parseMetrics(`
lakeside_requests_total{service="oss",operation="PutObject",status="2xx"} ${ok}
lakeside_requests_total{service="oss",operation="PutObject",status="4xx"} ${denied}
lakeside_requests_total{service="lakeside",operation="Metrics",status="2xx"} 999
lakeside_model_completion_tokens_total{model="a"} ${ok * 10}
`);

it('makes rates of counters', () => {
  const rates = rateBetween(totalsOf(metrics(2, 0), 1000), totalsOf(metrics(12, 1), 3000))!;
  expect(rates).toMatchObject({ ok: 5, refused: 0.5, failed: 0, tokensOut: 50 });
});
it('draws something of every metric that it asks for', () => {
  const none = totalsOf([], 0);
  for (const name of DRAWN) {
    expect(totalsOf([{ name, labels: { status: '2xx' }, value: 7 }], 0), name).not.toEqual(none);
  }
});
it('has none over a restart', () => {
  expect(rateBetween(totalsOf(metrics(5, 0), 0), totalsOf(metrics(1, 0), 1000))).toBeUndefined();
});
it('lists what was refused', () => {
  expect(problemsOf(metrics(1, 3))).toEqual(
    [{ service: 'oss', operation: 'PutObject', refused: 3, failed: 0 }]);
  expect(problemsOf(metrics(1, 0))).toEqual([]);
});
