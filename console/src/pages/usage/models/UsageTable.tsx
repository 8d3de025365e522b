import { Table, Tag } from 'antd';
import type { UsageWidth } from '../../../api/models';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { text } from '../messages';
import { type Figures, type Metric, METRICS, type Row, sum } from './usage';
import { groupBy } from '../ranges';
import styles from '../Usage.module.css';
import { useTimes } from '../times';

const NONE = '—';

interface Line {
  id: string;
  start: number;
  row: Row; // the first of those that were added up
  figures: Figures;
}

const labelOf = ({ kind, model, key, batch }: Row) => JSON.stringify([kind, model, key, batch]);

function linesOf(rows: Row[], idOf: (row: Row) => string): Line[] {
  return Array.from(groupBy(rows, idOf), ([id, group]) =>
    ({ id, start: group[0]!.start, row: group[0]!, figures: sum(group) }));
}

export function UsageTable({ rows, overTime, width }: {
  rows: Row[]; overTime: boolean; width: UsageWidth;
}) {
  const t = useText(text);
  const { number } = useFormat();
  const times = useTimes(width);
  const lines = linesOf(rows, overTime ? (row) => `${row.start} ${labelOf(row)}` : labelOf);
  if (overTime) lines.sort((a, b) => b.start - a.start);
  else lines.sort((a, b) => (b.figures.input ?? 0) - (a.figures.input ?? 0));
  const show = (value: number | undefined) => (value === undefined ? NONE : number(value));
  const total = sum(rows);
  const kinds = rows.some((row) => row.kind);

  const columns = [
    ...(overTime ? [{ title: t.time, key: 'time', render: (_: unknown, line: Line) => times.full(line.start) }] : []),
    {
      title: t.model, key: 'model',
      render: (_: unknown, { row }: Line) =>
        <>{row.model} {row.batch && <Tag>{t.batch}</Tag>}</>,
    },
    ...(kinds
      ? [{ title: t.kind, key: 'kind', render: (_: unknown, { row }: Line) => row.kind && t[row.kind] }] : []),
    { title: t.key, key: 'key', render: (_: unknown, { row }: Line) => <code>{row.key}</code> },
    ...METRICS.map((metric: Metric) => ({
      title: t[metric], key: metric, align: 'right' as const, className: styles.number,
      render: (_: unknown, { figures }: Line) => show(figures[metric]),
    })),
  ];
  return (
    <div className={styles.table} role="region" aria-label={t.table} tabIndex={0}>
      <Table<Line> size="small" rowKey="id" columns={columns} dataSource={lines} pagination={lines.length > 50 ? { pageSize: 50 } : false}
        summary={() => (
          <Table.Summary.Row>
            <Table.Summary.Cell index={0} colSpan={columns.length - METRICS.length}><strong>{t.total}</strong></Table.Summary.Cell>
            {METRICS.map((metric, i) => (
              <Table.Summary.Cell key={metric} index={i + 1} align="right" className={styles.number}>
                <strong>{show(total[metric])}</strong>
              </Table.Summary.Cell>
            ))}
          </Table.Summary.Row>
        )} />
    </div>
  );
}
