// What the models have been used for, through OpenAI's usage API.
import { DownloadOutlined, ReloadOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Segmented, Spin, theme } from 'antd';
import { useState } from 'react';
import { models, type UsageWidth } from '../../api/models';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { BarChart, type Step } from '../../components/BarChart';
import { Failure } from '../../components/Failure';
import { ModelKeyGate, ModelKeyNote } from '../../components/modelKey/ModelKey';
import { useModelKey } from '../../components/modelKey/useModelKey';
import { text } from './messages';
import { RangePicker, rangeOf, usualChoice } from './RangePicker';
import { useTimes } from './times';
import styles from './Usage.module.css';
import { groupBy, KINDS, type Metric, METRICS, type Range, type Row, rowsOf, stepsOf, sum, toCsv } from './usage';
import { UsageTable } from './UsageTable';

const EACH_MS = 30_000;
const NONE = '—';

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

function save(name: string, csv: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function Totals({ rows }: { rows: Row[] }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const { number } = useFormat();
  const total = sum(rows);
  const { cached, input } = total;
  return (
    <dl className={styles.totals}>
      {METRICS.map((metric) => (
        <div key={metric} className={styles.total}
          style={{ background: token.colorBgContainer, borderColor: token.colorBorderSecondary }}>
          <dt style={{ color: token.colorTextDescription }}>{t[metric]}</dt>
          <dd>
            {total[metric] === undefined ? NONE : number(total[metric])}
            <small style={{ color: token.colorTextDescription }}>
              {metric === 'cached' && cached !== undefined && input
                ? t.cachedShare(number((100 * cached) / input)) : ''}
            </small>
          </dd>
        </div>
      ))}
    </dl>
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
    <Card className={styles.card}>
      <div className={styles.cardHead}>
        <h2>{t[metric]}</h2>
        <Segmented aria-label={t.metric} value={metric} onChange={setMetric}
          options={METRICS.map((value) => ({ value, label: t[value] }))} />
      </div>
      <BarChart steps={steps} series={series} label={t.chart(t[metric])} number={number}
        noData={t.noData} />
    </Card>
  );
}

function TableCard({ rows, width }: { rows: Row[]; width: UsageWidth }) {
  const t = useText(text);
  const [view, setView] = useState<'byModel' | 'byTime'>('byModel');
  return (
    <Card className={styles.card}>
      <div className={styles.cardHead}>
        <h2>{t[view]}</h2>
        <Segmented aria-label={t.table} value={view} onChange={setView}
          options={[{ value: 'byModel', label: t.byModel }, { value: 'byTime', label: t.byTime }]} />
      </div>
      <UsageTable rows={rows} overTime={view === 'byTime'} width={width} />
    </Card>
  );
}

function Report() {
  const t = useText(text);
  const { token } = theme.useToken();
  const [choice, setChoice] = useState(() => usualChoice(Date.now()));
  const range = rangeOf(choice, Date.now());
  const usage = useUsage(range, choice.width);
  const rows = usage.data;
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  return (
    <>
      <div className={styles.bar}>
        <RangePicker choice={choice} onChange={setChoice} />
        <span className={styles.grow} />
        <Button icon={<ReloadOutlined />} aria-label={t.refresh} title={t.refresh}
          loading={usage.isFetching} onClick={() => void usage.refetch()} />
        <Button icon={<DownloadOutlined />} disabled={!rows?.length || !range}
          onClick={() => save(`lakeside-usage-${day(range!.from)}-${day(range!.to - 1)}.csv`, toCsv(rows!))}>
          {t.export}
        </Button>
      </div>
      <p className={styles.notes} style={{ color: token.colorTextDescription }}>
        <span>{t.whose}</span>
        {choice.width === '1d' && <span>{t.utc}</span>}
        <ModelKeyNote />
      </p>
      {usage.error && <Failure error={usage.error} onRetry={() => void usage.refetch()} />}
      {!rows && usage.isLoading && <Spin className={styles.spin} aria-label={t.loading} />}
      {rows && range && (rows.length === 0 ? (
        <Card>
          <Empty className={styles.none} image={Empty.PRESENTED_IMAGE_SIMPLE}
            description={<><strong>{t.none}</strong><br />{t.noneHint}</>} />
        </Card>
      ) : (
        <>
          <Totals rows={rows} />
          <Chart rows={rows} range={range} width={choice.width} />
          <TableCard rows={rows} width={choice.width} />
        </>
      ))}
    </>
  );
}

export default function Usage() {
  return <ModelKeyGate><Report /></ModelKeyGate>;
}
