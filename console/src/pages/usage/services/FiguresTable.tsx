import { Table } from 'antd';
import type { UsageWidth } from '../../../api/models';
import { useText } from '../../../app/text';
import { text } from '../messages';
import { groupBy } from '../ranges';
import { useTimes } from '../times';
import styles from '../Usage.module.css';
import { type Figures, type Group, type Metric, type Row, sum } from './figures';
import { useGroupNames, useShown } from './names';

interface Line {
  id: string;
  start: number;
  name: string;
  figures: Figures;
}

export function FiguresTable({ rows, group, metrics, overTime, width, stockAt }: {
  rows: Row[]; group: Group; metrics: Metric[]; overTime: boolean; width: UsageWidth; stockAt: number | undefined;
}) {
  const t = useText(text);
  const times = useTimes(width);
  const shown = useShown();
  const nameOf = useGroupNames(group);
  const groups = groupBy(rows, (row) => JSON.stringify([overTime ? row.start : 0, nameOf(row)]));
  const lines = Array.from(groups, ([id, all]): Line => {
    const { start } = all[0]!;
    return { id, start, name: nameOf(all[0]!), figures: sum(all, overTime ? start : stockAt) };
  });
  const most = ({ figures }: Line) => figures.requests ?? 0;
  lines.sort((a, b) => (overTime ? b.start - a.start : 0) || most(b) - most(a));
  const total = sum(rows, stockAt);
  return (
    <div className={styles.table} role="region" aria-label={t.table} tabIndex={0}>
      <Table<Line> size="small" rowKey="id" dataSource={lines}
        pagination={lines.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
        columns={[
          ...(overTime
            ? [{ title: t.time, key: 'time', render: (_: unknown, line: Line) => times.full(line.start) }] : []),
          { title: t[group], key: 'name', render: (_: unknown, { name }: Line) => <bdi>{name}</bdi> },
          ...metrics.map((metric: Metric) => ({
            title: t[metric], key: metric, align: 'right' as const, className: styles.number,
            render: (_: unknown, { figures }: Line) => shown(metric, figures[metric]),
          })),
        ]}
        summary={() => (
          <Table.Summary.Row>
            <Table.Summary.Cell index={0} colSpan={overTime ? 2 : 1}><strong>{t.total}</strong></Table.Summary.Cell>
            {metrics.map((metric, i) => (
              <Table.Summary.Cell key={metric} index={i + 1} align="right" className={styles.number}>
                <strong>{shown(metric, total[metric])}</strong>
              </Table.Summary.Cell>
            ))}
          </Table.Summary.Row>
        )} />
    </div>
  );
}
