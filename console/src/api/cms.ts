// CloudMonitor (2019-01-01): what was called, moved and stored, in sums of hours or days.
import { type Options, rpc } from './http';

const CMS = { name: 'cms', version: '2019-01-01' };
const NAMESPACE = 'acs_lakeside';
const PAGE = 1440; // the most of an answer

export interface Datapoint {
  timestamp: number; // ms since 1970: where the hour or day begins
  service: string;
  resource: string; // a bucket; empty: none
  accessKeyId: string; // empty: nobody signed
  Value: number;
}

// Sums that begin in [from, to), both in seconds since 1970. Of what nothing is known there is none.
export async function metric(
  name: string, seconds: number, from: number, to: number, options: Options = {},
): Promise<Datapoint[]> {
  const points: Datapoint[] = [];
  // The API means "(StartTime, EndTime]".
  const parameters = {
    Namespace: NAMESPACE, MetricName: name, Period: String(seconds), Length: PAGE,
    StartTime: (from - 1) * 1000, EndTime: (to - 1) * 1000,
  };
  for (let token: string | undefined; ;) {
    const answer: { Datapoints: string; NextToken?: string } =
      await rpc(CMS, 'DescribeMetricList', { ...parameters, NextToken: token }, options);
    points.push(...(JSON.parse(answer.Datapoints) as Datapoint[]));
    token = answer.NextToken;
    if (!token) return points;
  }
}
