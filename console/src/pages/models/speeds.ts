// How fast each model has been, read from the server's metrics.
import type { Sample } from '../../api/lakeside';

export interface Speed {
  firstTokenMs?: number;
  tokensPerSecond?: number;
}

const FIRST = 'lakeside_model_time_to_first_token_seconds';
const EACH = 'lakeside_model_time_per_output_token_seconds';

export function speedOf(samples: Sample[], model: string): Speed {
  const value = (name: string) =>
    samples.find((sample) => sample.name === name && sample.labels.model === model)?.value;
  const mean = (name: string) => {
    const count = value(`${name}_count`);
    return count ? value(`${name}_sum`)! / count : undefined;
  };
  const first = mean(FIRST);
  const each = mean(EACH);
  return {
    firstTokenMs: first === undefined ? undefined : first * 1000,
    tokensPerSecond: each ? 1 / each : undefined,
  };
}
