import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { ApiError } from '../../api/errors';
import { useText } from '../../app/text';
import { enterWithKey } from './enter';
import { text } from './messages';

export function KeyForm() {
  const t = useText(text);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const rules = [{ required: true, whitespace: true, message: t.required }];

  const submit = async (values: { id: string; secret: string }) => {
    setBusy(true);
    setError(undefined);
    try {
      await enterWithKey({ accessKeyId: values.id.trim(), accessKeySecret: values.secret.trim() });
    } catch (reason) {
      const why = reason instanceof ApiError ? reason.message : String(reason);
      setError(`${t.wrongKey}: ${why}`);
      setBusy(false);
    }
  };

  return (
    <Form layout="vertical" size="large" requiredMark={false} onFinish={(values) => void submit(values)}>
      <Form.Item name="id" label={t.accessKeyId} rules={rules}>
        <Input autoFocus autoComplete="username" spellCheck={false} />
      </Form.Item>
      <Form.Item name="secret" label={t.accessKeySecret} rules={rules}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      {error && <Form.Item><Alert type="error" showIcon title={error} role="alert" /></Form.Item>}
      <Button type="primary" htmlType="submit" block loading={busy}>{t.signIn}</Button>
    </Form>
  );
}
