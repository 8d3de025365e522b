// What was called, moved and stored, through CloudMonitor.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Segmented, Spin, theme } from 'antd';
import { useState } from 'react';
import { metric as readMetric } from '../../../api/cms';
import { ApiError } from '../../../api/errors';
import type { UsageWidth } from '../../../api/models';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { BarChart, type Step } from '../../../components/BarChart';
import { Failure } from '../../../components/Failure';
import { save } from '../csv';
import { text } from '../messages';
import { Chooser, type Chosen, Nothing, Toolbar, Totals } from '../parts';
import { rangeOf } from '../RangePicker';
import { groupBy, type Range, SECONDS, stepsOf } from '../ranges';
import { useTimes } from '../times';
import styles from '../Usage.module.css';
import {
  type Group, GROUPS, isBytes, largest, lastStock, type Metric, METRICS, metricsFor, NAMES, type Row,
  rowsFor, rowsOf, sum, toCsv,
} from './figures';
import { FiguresTable } from './FiguresTable';
import { useGroupNames, useShown } from './names';

// Each look leaves events in the audit trail.
const EACH_MS = 120_000;
const MOST_SERIES = 7; // and all others together
const MOST_REFRESHED = 5_000; // rows

function useFigures(range: Range | undefined, width: UsageWidth) {
  return useQuery<Row[]>({
    queryKey: ['cms', width, range?.from, range?.to],
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
    // Much is not asked for again and again, nor what is denied.
    refetchInterval: ({ state: { data, error } }) =>
      ((data?.length ?? 0) > MOST_REFRESHED || (error instanceof ApiError && error.denied) ? false : EACH_MS),
    queryFn: async ({ signal }) => {
      const { from, to } = range!;
      const asked = METRICS.map(async (name) =>
        [name, await readMetric(NAMES[name], SECONDS[width], from, to, { signal })] as const);
      return rowsOf(Object.fromEntries(await Promise.all(asked)) as Parameters<typeof rowsOf>[0]);
    },
  });
}

function Sums({ rows }: { rows: Row[] }) {
  const t = useText(text);
  const { time } = useFormat();
  const shown = useShown();
  const at = lastStock(rows);
  const total = sum(rows, at);
  const note = (metric: Metric) =>
    (metric !== 'stored' ? '' : at === undefined ? t.notLookedAt : t.lookedAt(time(at * 1000)));
  return (
    <Totals items={METRICS.map((metric) =>
      ({ label: t[metric], value: shown(metric, total[metric]), note: note(metric) }))} />
  );
}

function Chart({ rows, group, range, width }: { rows: Row[]; group: Group; range: Range; width: UsageWidth }) {
  const t = useText(text);
  const times = useTimes(width);
  const shown = useShown();
  const nameOf = useGroupNames(group);
  const [chosen, setMetric] = useState<Metric>('requests');
  const metrics = metricsFor(group);
  const metric = metrics.includes(chosen) ? chosen : 'requests';

  const measured = rowsFor(group, rows).filter(({ figures }) => figures[metric] !== undefined);
  const sizes = new Map(Array.from(groupBy(measured, nameOf), ([name, all]) =>
    [name, all.reduce((size, { figures }) => size + figures[metric]!, 0)] as const));
  const alone = largest(sizes, MOST_SERIES);
  const series = [...alone, ...(sizes.size > alone.length ? [t.others] : [])];
  const at = groupBy(measured, (row) => row.start);
  const steps = stepsOf(range, width).map((start): Step => {
    const groups = groupBy(at.get(start) ?? [], (row) => {
      const name = nameOf(row);
      return alone.includes(name) ? name : t.others;
    });
    const values = new Map(Array.from(groups, ([name, all]) => [name, sum(all, start)[metric]!] as const));
    return { label: times.short(start), title: times.full(start), values: values.size ? values : undefined };
  });
  return (
    <Chooser label={t.metric} value={metric} onChange={setMetric} title={t[metric]}
      options={metrics.map((value) => ({ value, label: t[value] }))}>
      <BarChart steps={steps} series={series} label={t.chartBy(t[metric], t[group])} noData={t.noData}
        number={(value) => shown(metric, value)} bytes={isBytes(metric)} />
    </Chooser>
  );
}

function TableCard({ rows, group, width }: { rows: Row[]; group: Group; width: UsageWidth }) {
  const t = useText(text);
  const [view, setView] = useState<'inAll' | 'byTime'>('inAll');
  return (
    <Chooser label={t.table} value={view} onChange={setView} title={t[view]}
      options={[{ value: 'inAll', label: t.inAll }, { value: 'byTime', label: t.byTime }]}>
      <FiguresTable rows={rowsFor(group, rows)} group={group} overTime={view === 'byTime'} width={width}
        stockAt={lastStock(rows)} />
    </Chooser>
  );
}

export default function ServiceUsage({ choice, onChoose }: Chosen) {
  const t = useText(text);
  const { token } = theme.useToken();
  const [group, setGroup] = useState<Group>('service');
  const range = rangeOf(choice, Date.now());
  const { width } = choice;
  const figures = useFigures(range, width);
  // What is denied now is not shown from before.
  const rows = figures.error ? undefined : figures.data;
  return (
    <>
      <Toolbar choice={choice} onChoose={onChoose} query={figures} onExport={rows?.length && range
        ? () => save('metering', range, toCsv(rows, SECONDS[width])) : undefined} />
      <p className={styles.notes} style={{ color: token.colorTextDescription }}>
        <span>{t.whoseAccount}</span>
        {width === '1d' && <span>{t.utc}</span>}
      </p>
      {figures.error && <Failure error={figures.error} onRetry={() => void figures.refetch()} />}
      {!rows && figures.isLoading && <Spin className={styles.spin} aria-label={t.loading} />}
      {rows && range && (rows.length === 0 ? <Nothing title={t.nothingCalled} hint={t.nothingCalledHint} /> : (
        <>
          <Sums rows={rows} />
          <Segmented<Group> className={styles.groups} aria-label={t.by} value={group} onChange={setGroup}
            options={GROUPS.map((value) => ({ value, label: t.byGroup(t[value]) }))} />
          <Chart rows={rows} group={group} range={range} width={width} />
          <TableCard rows={rows} group={group} width={width} />
        </>
      ))}
    </>
  );
}
