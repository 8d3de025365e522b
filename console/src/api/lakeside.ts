// What is this server's own, below /_lakeside/.
import { lakesideRequest, type Options } from './http';

export type ModelState = 'unloaded' | 'loading' | 'loaded' | 'broken' | 'fetching';
export interface ModelHealth {
  name: string;
  state: ModelState;
  pinned: boolean;
  bytes: number;
  running: number;
  queued: number;
  problem?: string;
}
export interface Health {
  status: string;
  models?: ModelHealth[]; // for who may see metrics
}

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

// Prometheus's text format; histograms' buckets are left out.
export function parseMetrics(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const match = /^([a-z_]+)(?:\{(.*)\})? ([^ ]+)$/.exec(line);
    if (!match || match[1]!.endsWith('_bucket')) continue;
    const labels: Record<string, string> = {};
    for (const [, name, value] of (match[2] ?? '').matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[name!] = value!.replace(/\\(.)/g, '$1');
    }
    samples.push({ name: match[1]!, labels, value: Number(match[3]) });
  }
  return samples;
}

export const lakeside = {
  async health(options: Options = {}): Promise<Health> {
    const headers = { accept: 'application/json' };
    return (await lakesideRequest('GET', 'health', headers, options)).json() as Promise<Health>;
  },
  // Of these metrics, what has counted anything yet: all there are, with their zeros, are half a megabyte.
  async metrics(names: readonly string[], options: Options = {}): Promise<Sample[]> {
    const query = { 'name[]': [...names], usedonly: undefined };
    return parseMetrics(await (await lakesideRequest('GET', 'metrics', {}, options, query)).text());
  },
};
