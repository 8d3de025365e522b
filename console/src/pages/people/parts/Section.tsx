// A part of a page with its title, what can be done, and what went wrong.
import { Card, Spin } from 'antd';
import type { ReactNode } from 'react';
import { Failure } from '../../../components/Failure';
import { text as messages } from '../messages';
import { useText } from '../../../app/text';
import styles from './people.module.css';

interface Props {
  title?: ReactNode;
  extra?: ReactNode;
  query?: { isPending: boolean; error: unknown; refetch: () => unknown };
  failed?: unknown; // of the last change
  flush?: boolean; // a table to the edges
  children?: ReactNode;
}

export function Section({ title, extra, query, failed, flush, children }: Props) {
  const t = useText(messages);
  return (
    <Card title={title && <h2 className={styles.h2}>{title}</h2>} extra={extra}
      styles={{ body: flush ? { padding: 0 } : {} }} variant="outlined">
      {failed ? <div className={flush ? styles.inset : styles.gap}><Failure error={failed} /></div> : null}
      {query?.error ? <div className={flush ? styles.inset : undefined}>
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      </div> : query?.isPending ? <Spin aria-label={t.loading} className={styles.spin} /> : children}
    </Card>
  );
}
