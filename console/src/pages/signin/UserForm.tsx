// A RAM user: password, and then what the server asks for besides.
import { Alert, Button, Form, Input } from 'antd';
import { Suspense, useState } from 'react';
import { ApiError } from '../../api/errors';
import { type NextStep, type SignInForm, signInUser } from '../../api/signin';
import { useText } from '../../app/text';
import { enterAsUser } from './enter';
import { text } from './messages';
import { lazyPart } from '../../app/patient';

const BindDevice = lazyPart(() => import('./BindDevice'));

export function UserForm() {
  const t = useText(text);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [next, setNext] = useState<NextStep[]>([]);
  const rules = [{ required: true, whitespace: true, message: t.required }];
  const asked = (step: NextStep['step']) => next.find((one) => one.step === step);
  const device = asked('BindMFADevice');

  const submit = async (form: SignInForm) => {
    setBusy(true);
    setError(undefined);
    try {
      const answer = await signInUser({ ...form, UserName: form.UserName.trim() });
      if ('accessKeyId' in answer) return await enterAsUser(answer);
      setNext([...next.filter(({ step }) => step !== answer.step), answer]);
    } catch (reason) {
      setError(reason instanceof ApiError ? reason.message : String(reason));
    }
    setBusy(false);
  };

  const code = (name: string, label: string) => (
    <Form.Item name={name} label={label} rules={rules}>
      <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} autoFocus />
    </Form.Item>
  );
  return (
    <Form<SignInForm> layout="vertical" size="large" requiredMark={false}
      onFinish={(form) => void submit(form)}>
      <Form.Item name="UserName" label={t.userName} extra={t.userNameHint} rules={rules}>
        <Input autoFocus autoComplete="username" spellCheck={false} />
      </Form.Item>
      <Form.Item name="Password" label={t.password} rules={rules}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      {asked('AuthenticationCode') && code('AuthenticationCode', t.code)}
      {device?.step === 'BindMFADevice' && (
        <>
          <Suspense><BindDevice seed={device.seed} serial={device.serial} /></Suspense>
          {code('AuthenticationCode1', t.code1)}
          {code('AuthenticationCode2', t.code2)}
        </>
      )}
      {asked('NewPassword') && (
        <Form.Item name="NewPassword" label={t.newPassword} extra={t.newPasswordHint} rules={rules}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      )}
      {error && <Form.Item><Alert type="error" showIcon title={error} role="alert" /></Form.Item>}
      <Button type="primary" htmlType="submit" block loading={busy}>{t.signIn}</Button>
    </Form>
  );
}
