// What the models have been used for: by one key, through OpenAI's usage API, or by all keys of the
// account, through CloudMonitor.
import { useQuery } from '@tanstack/react-query';
import { Spin, theme } from 'antd';
import { useEffect, useState } from 'react';
import { metric as readMetric } from '../../../api/cms';
import { models, type UsageWidth } from '../../../api/models';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { BarChart, type Step } from '../../../components/BarChart';
import { Failure } from '../../../components/Failure';
import { ModelKeyGate, ModelKeyNote } from '../../../components/modelKey/ModelKey';
import { useModelKey } from '../../../components/modelKey/useModelKey';
import { save } from '../csv';
import { text } from '../messages';
import { Chooser, type Chosen, EACH_MS, NONE, Nothing, Toolbar, Totals } from '../parts';
import { rangeOf } from '../RangePicker';
import { groupBy, type Range, SECONDS, stepsOf } from '../ranges';
import { useTimes } from '../times';
import styles from '../Usage.module.css';
import { isDenied, type Whose, WhoseChooser } from '../whose';
import {
  CMS_NAMES, KINDS, type Metric, METRICS, type Row, rowsOf, rowsOfAll, sum, toCsv,
} from './usage';
import { UsageTable } from './UsageTable';

async function readOwn({ from, to }: Range, width: UsageWidth, signal: AbortSignal): Promise<Row[]> {
  const asked = KINDS.map(async (kind) =>
    rowsOf(kind, await models.usage(kind, width, from, to, { signal })));
  return (await Promise.all(asked)).flat();
}

async function readAll({ from, to }: Range, width: UsageWidth, signal: AbortSignal): Promise<Row[]> {
  const seconds = SECONDS[width];
  const ask = (name: Metric) => readMetric(CMS_NAMES[name], { seconds, from, to }, { signal });
  // One alone, first: where it is denied, the others are not asked for.
  const requests = await ask('requests');
  const [input, cached, output] = await Promise.all([ask('input'), ask('cached'), ask('output')]);
  return rowsOfAll({ requests, input, cached, output }, seconds);
}

function useUsage(whose: Whose, range: Range | undefined, width: UsageWidth) {
  const { version } = useModelKey();
  return useQuery<Row[]>({
    queryKey: ['usage', whose, version, width, range?.from, range?.to],
    enabled: range !== undefined,
    refetchInterval: ({ state: { error } }) => (isDenied(error) ? false : EACH_MS),
    // What is everyone's is not shown as one's own meanwhile.
    placeholderData: (rows, query) => (query?.queryKey[1] === whose ? rows : undefined),
    queryFn: ({ signal }) => (whose === 'own' ? readOwn : readAll)(range!, width, signal),
  });
}

function Sums({ rows }: { rows: Row[] }) {
  const t = useText(text);
  const { number } = useFormat();
  const total = sum(rows);
  const { cached, input } = total;
  const share = cached !== undefined && input ? t.cachedShare(number((100 * cached) / input)) : '';
  return (
    <Totals items={METRICS.map((metric) => ({
      label: t[metric], note: metric === 'cached' ? share : '',
      value: total[metric] === undefined ? NONE : number(total[metric]),
    }))} />
  );
}

function Chart({ rows, range, width }: { rows: Row[]; range: Range; width: UsageWidth }) {
  const t = useText(text);
  const { number } = useFormat();
  const times = useTimes(width);
  const [metric, setMetric] = useState<Metric>('input');
  const series = Array.from(groupBy(rows, (row) => row.model).keys()).sort();
  const at = groupBy(rows, (row) => row.start);
  const steps = stepsOf(range, width).map((start): Step => {
    const here = at.get(start);
    const values = here && new Map(Array.from(groupBy(here, (row) => row.model),
      ([model, group]) => [model, sum(group)[metric]] as const)
      .filter((pair): pair is [string, number] => pair[1] !== undefined));
    return {
      label: times.short(start), title: times.full(start),
      values: values?.size ? values : undefined,
    };
  });
  return (
    <Chooser label={t.metric} value={metric} onChange={setMetric} title={t[metric]}
      options={METRICS.map((value) => ({ value, label: t[value] }))}>
      <BarChart steps={steps} series={series} label={t.chart(t[metric])} number={number}
        noData={t.noData} />
    </Chooser>
  );
}

function TableCard({ rows, width }: { rows: Row[]; width: UsageWidth }) {
  const t = useText(text);
  const [view, setView] = useState<'byModel' | 'byTime'>('byModel');
  return (
    <Chooser label={t.table} value={view} onChange={setView} title={t[view]}
      options={[{ value: 'byModel', label: t.byModel }, { value: 'byTime', label: t.byTime }]}>
      <UsageTable rows={rows} overTime={view === 'byTime'} width={width} />
    </Chooser>
  );
}

function Report({ whose, choice, onChoose, state: { failed } }: Chosen & { whose: Whose }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const range = rangeOf(choice, Date.now());
  const usage = useUsage(whose, range, choice.width);
  const { error } = usage;
  const rows = error ? undefined : usage.data;
  const own = whose === 'own';
  useEffect(() => {
    if (!own) failed(error);
  });
  return (
    <>
      <Toolbar choice={choice} onChoose={onChoose} query={usage}
        onExport={rows?.length && range ? () => save('usage', range, toCsv(rows)) : undefined} />
      <p className={styles.notes} style={{ color: token.colorTextDescription }}>
        <span>{own ? t.whose : t.whoseAll}</span>
        {choice.width === '1d' && <span>{t.utc}</span>}
        {own && <ModelKeyNote />}
      </p>
      {error && (own || !isDenied(error)) && <Failure error={error} onRetry={() => void usage.refetch()} />}
      {!rows && usage.isLoading && <Spin className={styles.spin} aria-label={t.loading} />}
      {rows && range && (rows.length === 0
        ? <Nothing title={t.none} hint={own ? t.noneHint : t.noneHintAll} /> : (
          <>
            <Sums rows={rows} />
            <Chart rows={rows} range={range} width={choice.width} />
            <TableCard rows={rows} width={choice.width} />
          </>
        ))}
    </>
  );
}

export default function ModelUsage(chosen: Chosen) {
  const t = useText(text);
  const { whose } = chosen.state;
  return (
    <>
      <WhoseChooser state={chosen.state} own={t.own} all={t.all} />
      {whose === 'all' ? <Report key="all" whose="all" {...chosen} />
        : <ModelKeyGate><Report key="own" whose="own" {...chosen} /></ModelKeyGate>}
    </>
  );
}
