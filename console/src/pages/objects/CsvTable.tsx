import { Alert } from 'antd';
import { useMemo } from 'react';
import { useText } from '../../app/text';
import { parseCsv } from './csv';
import { text } from './messages';
import styles from './Preview.module.css';

const MOST_ROWS = 500;

export function CsvTable({ source, tabs }: { source: string; tabs: boolean }) {
  const t = useText(text);
  const rows = useMemo(() => parseCsv(source, tabs ? '\t' : ',', MOST_ROWS + 1), [source, tabs]);
  const [head = [], ...body] = rows;
  return (
    <>
      {rows.length > MOST_ROWS && <Alert type="info" title={t.tooMany} className={styles.note} />}
      <div className={styles.table} tabIndex={0} role="region" aria-label={t.preview}>
        <table>
          <thead><tr>{head.map((cell, i) => <th key={i} scope="col">{cell}</th>)}</tr></thead>
          <tbody>
            {body.map((row, i) => <tr key={i}>{row.map((cell, j) => <td key={j}>{cell}</td>)}</tr>)}
          </tbody>
        </table>
      </div>
    </>
  );
}
