// What was called, moved and stored, through CloudMonitor.
import { Segmented, Spin, theme } from 'antd';
import { useEffect, useState } from 'react';
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
import { isDenied, type Whose, WhoseChooser } from '../whose';
import {
  type Group, groupsOf, isBytes, largest, lastStock, type Metric, metricsFor, metricsOf, type Row,
  rowsFor, sum, toCsv,
} from './figures';
import { FiguresTable } from './FiguresTable';
import { useGroupNames, useShown } from './names';
import { useFigures } from './useFigures';

const MOST_SERIES = 7; // and all others together

// What a part of the page shows of the rows.
interface View {
  rows: Row[];
  group: Group;
  whose: Whose;
  width: UsageWidth;
}

function Sums({ rows, whose }: { rows: Row[]; whose: Whose }) {
  const t = useText(text);
  const { time } = useFormat();
  const shown = useShown();
  const at = lastStock(rows);
  const total = sum(rows, at);
  const note = (metric: Metric) =>
    (metric !== 'stored' ? '' : at === undefined ? t.notLookedAt : t.lookedAt(time(at * 1000)));
  return (
    <Totals items={metricsOf(whose).map((metric) =>
      ({ label: t[metric], value: shown(metric, total[metric]), note: note(metric) }))} />
  );
}

function Chart({ rows, group, whose, range, width }: View & { range: Range }) {
  const t = useText(text);
  const times = useTimes(width);
  const shown = useShown();
  const nameOf = useGroupNames(group);
  const [chosen, setMetric] = useState<Metric>('requests');
  const metrics = metricsFor(group, whose);
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

function TableCard({ rows, group, whose, width }: View) {
  const t = useText(text);
  const [view, setView] = useState<'inAll' | 'byTime'>('inAll');
  return (
    <Chooser label={t.table} value={view} onChange={setView} title={t[view]}
      options={[{ value: 'inAll', label: t.inAll }, { value: 'byTime', label: t.byTime }]}>
      <FiguresTable rows={rowsFor(group, rows)} group={group} metrics={metricsFor(group, whose)}
        overTime={view === 'byTime'} width={width} stockAt={lastStock(rows)} />
    </Chooser>
  );
}

function Report({ view, range, onGroup }: { view: View; range: Range; onGroup: (group: Group) => void }) {
  const t = useText(text);
  if (view.rows.length === 0) return <Nothing title={t.nothingCalled} hint={t.nothingCalledHint} />;
  return (
    <>
      <Sums rows={view.rows} whose={view.whose} />
      <Segmented<Group> className={styles.groups} aria-label={t.by} value={view.group} onChange={onGroup}
        options={groupsOf(view.whose).map((value) => ({ value, label: t.byGroup(t[value]) }))} />
      <Chart {...view} range={range} />
      <TableCard {...view} />
    </>
  );
}

export default function ServiceUsage({ choice, onChoose, state }: Chosen) {
  const t = useText(text);
  const { token } = theme.useToken();
  const [chosen, setGroup] = useState<Group>('service');
  const { whose, failed } = state;
  const group = groupsOf(whose).includes(chosen) ? chosen : 'service';
  const range = rangeOf(choice, Date.now());
  const { width } = choice;
  const figures = useFigures(whose, range, width);
  const { error } = figures;
  useEffect(() => {
    if (whose === 'all') failed(error);
  });
  // What is denied now is not shown from before.
  const rows = error ? undefined : figures.data;
  const wait = !rows && (figures.isLoading || (whose === 'all' && isDenied(error)));
  return (
    <>
      <WhoseChooser state={state} own={t.mine} all={t.everyones} />
      <Toolbar choice={choice} onChoose={onChoose} query={figures} onExport={rows?.length && range
        ? () => save('metering', range, toCsv(rows, SECONDS[width])) : undefined} />
      <p className={styles.notes} style={{ color: token.colorTextDescription }}>
        <span>{whose === 'own' ? t.whoseOwn : t.whoseAccount}</span>
        {width === '1d' && <span>{t.utc}</span>}
      </p>
      {error && !wait && <Failure error={error} onRetry={() => void figures.refetch()} />}
      {wait && <Spin className={styles.spin} aria-label={t.loading} />}
      {rows && range && <Report view={{ rows, group, whose, width }} range={range} onGroup={setGroup} />}
    </>
  );
}
