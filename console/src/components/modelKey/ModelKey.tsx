// Asks for the key that models are called with, and says which one is used.
import { KeyOutlined } from '@ant-design/icons';
import { Alert, Button, Card, Form, Input, Spin, theme } from 'antd';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../../api/errors';
import { modelKey } from '../../api/modelKey';
import { modelKeys } from '../../api/modelKeys';
import { models } from '../../api/models';
import { text } from './messages';
import { useText } from '../../app/text';
import { Failure } from '../Failure';
import styles from './modelKey.module.css';
import { useModelKey } from './useModelKey';

const DAY_MS = 86_400_000;

export function ModelKeyForm({ refused }: { refused?: ApiError }) {
  const t = useText(text);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(refused);

  const take = async (getKey: () => Promise<string>) => {
    setBusy(true);
    setError(undefined);
    try {
      const key = await getKey();
      await models.check(key);
      modelKey.use(key);
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  const submit = (values: { key: string }) => take(async () => values.key.trim());
  const make = () => take(async () => (await modelKeys.create({
    description: t.description, models: [], tokensPerMinute: 0, maxConcurrent: 0,
    expiresAt: new Date(Date.now() + DAY_MS).toISOString().replace(/\.\d{3}/, ''),
  })).apiKeyValue);

  return (
    <Card className={styles.card} title={<h2 style={{ font: 'inherit', margin: 0 }}>{t.title}</h2>}>
      <p>{t.why}</p>
      <Form layout="vertical" requiredMark={false} onFinish={submit}>
        <Form.Item name="key" label={t.key}
          rules={[{ required: true, whitespace: true, message: t.needed }]}>
          <Input.Password autoComplete="off" spellCheck={false} />
        </Form.Item>
        {error !== undefined && (
          <Form.Item>
            {error instanceof ApiError && error.status === 401
              ? <Alert type="error" showIcon role="alert" title={t.refused} description={error.message} />
              : <Failure error={error} />}
          </Form.Item>
        )}
        <Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>{t.use}</Button>
          <span className={styles.or}>{t.or}</span>
          <Button disabled={busy} onClick={make}>{t.make}</Button>
        </Form.Item>
      </Form>
    </Card>
  );
}

export function ModelKeyGate({ children }: { children: ReactNode }) {
  const t = useText(text);
  const { state } = useModelKey();
  if (state.kind === 'looking') return <Spin className={styles.spin} aria-label={t.looking} />;
  if (state.kind === 'none') return <ModelKeyForm refused={state.refused} />;
  return children;
}

export function ModelKeyNote() {
  const t = useText(text);
  const { token } = theme.useToken();
  const { state } = useModelKey();
  if (state.kind !== 'ready') return null;
  return (
    <span className={styles.note} style={{ color: token.colorTextDescription }}>
      <KeyOutlined aria-hidden />
      {state.own ? t.own : t.given(state.key.slice(-4))}
      <Button type="link" size="small" onClick={() => modelKey.drop()}>{t.other}</Button>
    </span>
  );
}
