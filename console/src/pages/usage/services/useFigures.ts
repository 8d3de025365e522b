// What CloudMonitor says of a range, of everyone or of oneself.
import { useQuery } from '@tanstack/react-query';
import { type Datapoint, metric, type Span } from '../../../api/cms';
import type { UsageWidth } from '../../../api/models';
import { sts } from '../../../api/sts';
import { type Range, SECONDS } from '../ranges';
import { isDenied, type Whose } from '../whose';
import { type Metric, metricsOf, NAMES, type Row, rowsOf } from './figures';

// Each look leaves events in the audit trail.
const EACH_MS = 120_000;
const MOST_REFRESHED = 5_000; // rows

async function read(whose: Whose, span: Span, signal: AbortSignal): Promise<Row[]> {
  const callerId = whose === 'own' ? await sts.callerId({ signal }) : undefined;
  const points: Partial<Record<Metric, Datapoint[]>> = {};
  const ask = async (name: Metric) => {
    points[name] = await metric(NAMES[name], { ...span, callerId }, { signal });
  };
  // The first alone: where it is denied, the others are not asked for.
  const [first, ...others] = metricsOf(whose);
  await ask(first!);
  await Promise.all(others.map(ask));
  return rowsOf(points);
}

export function useFigures(whose: Whose, range: Range | undefined, width: UsageWidth) {
  return useQuery<Row[]>({
    queryKey: ['cms', whose, width, range?.from, range?.to],
    enabled: range !== undefined,
    // What is everyone's is not shown as one's own meanwhile.
    placeholderData: (rows, query) => (query?.queryKey[1] === whose ? rows : undefined),
    // Much is not asked for again and again, nor what is denied.
    refetchInterval: ({ state: { data, error } }) =>
      ((data?.length ?? 0) > MOST_REFRESHED || isDenied(error) ? false : EACH_MS),
    queryFn: ({ signal }) => read(whose, { seconds: SECONDS[width], ...range! }, signal),
  });
}
