import { expect, it } from 'vitest';
import { parseMetrics } from '../../api/lakeside';
import { speedOf } from './speeds';

it('reads means, and nothing where nothing was measured', () => {
  const samples = parseMetrics(`lakeside_model_time_to_first_token_seconds_sum{model="a"} 0.5
lakeside_model_time_to_first_token_seconds_count{model="a"} 2
lakeside_model_time_per_output_token_seconds_sum{model="a"} 0.1
lakeside_model_time_per_output_token_seconds_count{model="a"} 5
lakeside_model_time_to_first_token_seconds_sum{model="b"} 0
lakeside_model_time_to_first_token_seconds_count{model="b"} 0
`);
  expect(speedOf(samples, 'a')).toEqual({ firstTokenMs: 250, tokensPerSecond: 50 });
  expect(speedOf(samples, 'b')).toEqual({ firstTokenMs: undefined, tokensPerSecond: undefined });
});
