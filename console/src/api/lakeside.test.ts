import { expect, it } from 'vitest';
import { parseMetrics } from './lakeside';

it('reads metrics', () => {
  const text = `# HELP a_total Things.
a_total{service="oss",operation="PutObject",status="2xx"} 3
b_seconds_bucket{le="+Inf"} 1
c{name="a \\"b\\", c"} -2.5
d 1e3
`;
  expect(parseMetrics(text)).toEqual([
    { name: 'a_total', labels: { service: 'oss', operation: 'PutObject', status: '2xx' }, value: 3 },
    { name: 'c', labels: { name: 'a "b", c' }, value: -2.5 },
    { name: 'd', labels: {}, value: 1000 },
  ]);
});
