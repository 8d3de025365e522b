import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { makeCredential, type Secret } from '../../api/credential';
import { ApiError } from '../../api/errors';
import { session } from '../../api/session';
import { sts } from '../../api/sts';
import { text } from './messages';
import { useText } from '../../app/text';

async function signIn(secret: Secret) {
  const credential = await makeCredential(secret);
  const identity = await sts.callerIdentity({ credential });
  session.signIn({ credential, identity });
}

export function SignInForm() {
  const t = useText(text);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const rules = [{ required: true, whitespace: true, message: t.required }];

  const submit = async (values: { id: string; secret: string }) => {
    setBusy(true);
    setError(undefined);
    try {
      await signIn({ accessKeyId: values.id.trim(), accessKeySecret: values.secret.trim() });
    } catch (reason) {
      const why = reason instanceof ApiError ? reason.message : String(reason);
      setError(`${t.wrongKey}: ${why}`);
      setBusy(false);
    }
  };

  return (
    <Form layout="vertical" size="large" requiredMark={false} onFinish={submit}>
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
