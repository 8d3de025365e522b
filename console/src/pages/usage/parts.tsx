// What both kinds of usage look like.
import { DownloadOutlined, ReloadOutlined } from '@ant-design/icons';
import { Button, Card, Empty, Segmented, theme } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../app/text';
import { text } from './messages';
import { type Choice, RangePicker } from './RangePicker';
import styles from './Usage.module.css';
import type { WhoseState } from './whose';

export const NONE = '—';
export const EACH_MS = 30_000;

export interface Chosen {
  choice: Choice;
  onChoose: (choice: Choice) => void;
  state: WhoseState;
}

export function Toolbar({ choice, onChoose, query, onExport }: Omit<Chosen, 'state'> & {
  query: { isFetching: boolean; refetch: () => unknown }; onExport?: () => void;
}) {
  const t = useText(text);
  return (
    <div className={styles.bar}>
      <RangePicker choice={choice} onChange={onChoose} />
      <span className={styles.grow} />
      <Button icon={<ReloadOutlined />} aria-label={t.refresh} title={t.refresh}
        loading={query.isFetching} onClick={() => void query.refetch()} />
      <Button icon={<DownloadOutlined />} disabled={!onExport} onClick={onExport}>{t.export}</Button>
    </div>
  );
}

export function Totals({ items }: { items: { label: string; value: string; note?: string }[] }) {
  const { token } = theme.useToken();
  const noted = items.some(({ note }) => note);
  return (
    <dl className={styles.totals}>
      {items.map(({ label, value, note }) => (
        <div key={label} className={styles.total}
          style={{ background: token.colorBgContainer, borderColor: token.colorBorderSecondary }}>
          <dt style={{ color: token.colorTextDescription }}>{label}</dt>
          <dd>{value}{noted && <small style={{ color: token.colorTextDescription }}>{note ?? ''}</small>}</dd>
        </div>
      ))}
    </dl>
  );
}

// A card whose head says what is in it, and what else could be.
export function Chooser<T extends string>({ label, value, options, onChange, title, children }: {
  label: string; value: T; options: { value: T; label: string }[]; onChange: (value: T) => void;
  title: string; children: ReactNode;
}) {
  return (
    <Card className={styles.card}>
      <div className={styles.cardHead}>
        <h2>{title}</h2>
        <Segmented<T> aria-label={label} value={value} onChange={onChange} options={options} />
      </div>
      {children}
    </Card>
  );
}

export function Nothing({ title, hint }: { title: string; hint: string }) {
  return (
    <Card>
      <Empty className={styles.none} image={Empty.PRESENTED_IMAGE_SIMPLE}
        description={<><strong>{title}</strong><br />{hint}</>} />
    </Card>
  );
}
