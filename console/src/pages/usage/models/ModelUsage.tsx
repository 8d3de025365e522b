// What the models have been used for, through OpenAI's usage API.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Spin, theme } from 'antd';
import { useState } from 'react';
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
import { groupBy, type Range, stepsOf } from '../ranges';
import { useTimes } from '../times';
import styles from '../Usage.module.css';
import { KINDS, type Metric, METRICS, type Row, rowsOf, sum, toCsv } from './usage';
import { UsageTable } from './UsageTable';

function useUsage(range: Range | undefined, width: UsageWidth) {
  const { version } = useModelKey();
  return useQuery({
    queryKey: ['usage', version, width, range?.from, range?.to],
    enabled: range !== undefined,
    refetchInterval: EACH_MS,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const { from, to } = range!;
      const asked = KINDS.map(async (kind) =>
        rowsOf(kind, await models.usage(kind, width, from, to, { signal })));
      return (await Promise.all(asked)).flat();
    },
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

function Report({ choice, onChoose }: Chosen) {
  const t = useText(text);
  const { token } = theme.useToken();
  const range = rangeOf(choice, Date.now());
  const usage = useUsage(range, choice.width);
  const rows = usage.data;
  return (
    <>
      <Toolbar choice={choice} onChoose={onChoose} query={usage}
        onExport={rows?.length && range ? () => save('usage', range, toCsv(rows)) : undefined} />
      <p className={styles.notes} style={{ color: token.colorTextDescription }}>
        <span>{t.whose}</span>
        {choice.width === '1d' && <span>{t.utc}</span>}
        <ModelKeyNote />
      </p>
      {usage.error && <Failure error={usage.error} onRetry={() => void usage.refetch()} />}
      {!rows && usage.isLoading && <Spin className={styles.spin} aria-label={t.loading} />}
      {rows && range && (rows.length === 0 ? <Nothing title={t.none} hint={t.noneHint} /> : (
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
  return <ModelKeyGate><Report {...chosen} /></ModelKeyGate>;
}
