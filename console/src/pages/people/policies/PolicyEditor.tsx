// A policy's statements with forms beside its text, both in step: the text is what counts, and the
// forms show it wherever they can show all of it.
import { PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Grid, Segmented } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../../api/errors';
import { useText } from '../../../app/text';
import { listBucketNames } from '../give/buckets';
import styles from '../parts/people.module.css';
import { newStatement, statementsOf, textOf } from './document';
import { JsonEditor } from './JsonEditor';
import { faultOf, isFault, parseJson } from './jsonText';
import { text as messages } from './messages';
import { StatementEditor } from './StatementEditor';

// For suggestions only: who may not list buckets types their names.
export function useBucketNames(): string[] {
  return useQuery({
    queryKey: ['people-buckets'], retry: false, staleTime: 60_000,
    queryFn: ({ signal }) => listBucketNames({ signal }),
  }).data ?? [];
}

interface Props {
  value: string;
  onChange: (text: string) => void;
  error?: unknown; // of the server, about `refused`
  refused?: string;
}

export function PolicyEditor({ value, onChange, error, refused }: Props) {
  const t = useText(messages);
  const buckets = useBucketNames();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [shown, setShown] = useState<'forms' | 'text'>('forms');
  const statements = statementsOf(value);
  const parsed = parseJson(value);
  const malformed = error instanceof ApiError && /MalformedPolicy/.test(error.code) && refused === value;
  const fault = isFault(parsed) ? parsed : malformed ? faultOf(error.message, value) : undefined;
  const change = (next: NonNullable<typeof statements>) => onChange(textOf(next));

  const forms = statements ? (
    <div className={styles.stack} style={{ gap: 12 }}>
      {statements.map((statement, i) => (
        <StatementEditor key={i} index={i} value={statement} buckets={buckets}
          onChange={(next) => change(statements.map((one, j) => (i === j ? next : one)))}
          onRemove={statements.length > 1 ? () => change(statements.filter((_, j) => i !== j)) : undefined} />
      ))}
      <div>
        <Button icon={<PlusOutlined />} onClick={() => change([...statements, newStatement()])}>
          {t.addStatement}
        </Button>
      </div>
    </div>
  ) : <Alert type="info" showIcon title={t.textOnly} description={t.textOnlyWhy} />;
  const text = <JsonEditor label={t.document} value={value} onChange={onChange} fault={fault} rows={18} />;

  if (wide) return <div className={styles.two}>{forms}{text}</div>;
  return (
    <div className={styles.stack}>
      <Segmented block value={shown} onChange={(next) => setShown(next as 'forms')} aria-label={t.editor}
        options={[{ value: 'forms', label: t.forms }, { value: 'text', label: 'JSON' }]} />
      {shown === 'forms' ? forms : text}
      {shown === 'forms' && fault && <Alert type="error" showIcon title={`${t.lineOf(fault.line)}: ${fault.message}`} />}
    </div>
  );
}
