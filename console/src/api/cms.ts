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
  callerId?: string; // a user, a role or the account; empty: nobody signed
  Value: number;
}

export interface Span {
  seconds: number; // of a sum
  from: number; // seconds since 1970
  to: number;
  callerId?: string; // what this one has called, which everybody may ask about themselves
}

// Sums that begin in [from, to). Of what nothing is known there is none.
export async function metric(
  name: string, { seconds, from, to, callerId }: Span, options: Options = {},
): Promise<Datapoint[]> {
  const points: Datapoint[] = [];
  // The API means "(StartTime, EndTime]".
  const parameters = {
    Namespace: NAMESPACE, MetricName: name, Period: String(seconds), Length: PAGE,
    StartTime: (from - 1) * 1000, EndTime: (to - 1) * 1000,
    Dimensions: callerId && JSON.stringify([{ callerId }]),
  };
  for (let token: string | undefined; ;) {
    const answer: { Datapoints: string; NextToken?: string } =
      await rpc(CMS, 'DescribeMetricList', { ...parameters, NextToken: token }, options);
    points.push(...(JSON.parse(answer.Datapoints) as Datapoint[]));
    token = answer.NextToken;
    if (!token) return points;
  }
}
