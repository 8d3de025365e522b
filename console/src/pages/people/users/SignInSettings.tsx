// Password and second factor. Not shown where the server has neither.
import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Descriptions, Form, Input, Modal, Typography } from 'antd';
import { useEffect, useState } from 'react';
import { ApiError } from '../../../api/errors';
import { isLacking } from '../../../api/modelKeys';
import { type LoginProfile, type NewMfaDevice, ram } from '../../../api/ram';
import { useText } from '../../../app/text';
import { Failure } from '../../../components/Failure';
import { text as common } from '../messages';
import { Confirm } from '../parts/Confirm';
import { Section } from '../parts/Section';
import { useChange } from '../parts/useChange';
import styles from '../parts/people.module.css';
import { text as messages } from './messages';

// Null where there is none; 'lacking' where the server cannot have one.
async function orNothing<T>(ask: Promise<T>): Promise<T | null | 'lacking'> {
  try {
    return await ask;
  } catch (error) {
    if (isLacking(error)) return 'lacking';
    if (error instanceof ApiError && error.code.startsWith('EntityNotExist')) return null;
    throw error;
  }
}

interface Wanted {
  Password?: string;
  PasswordResetRequired: boolean;
  MFABindRequired: boolean;
}

function PasswordDialog({ user, profile, onClose }: {
  user: string; profile: LoginProfile | null; onClose: () => void;
}) {
  const t = useText(messages);
  const c = useText(common);
  const [form] = Form.useForm<Wanted>();
  const save = useChange(({ Password, PasswordResetRequired, MFABindRequired }: Wanted) => profile
    ? ram.updateLoginProfile(user, { Password: Password || undefined, PasswordResetRequired, MFABindRequired })
    : ram.createLoginProfile(user, Password!, PasswordResetRequired, MFABindRequired),
  { done: c.saved, onDone: onClose });
  return (
    <Modal open title={profile ? t.changePassword : t.allowLogin} onCancel={onClose} okText={c.save}
      cancelText={c.cancel} confirmLoading={save.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(wanted) => save.mutate(wanted)}
        initialValues={profile ?? { PasswordResetRequired: true, MFABindRequired: false }}>
        <Form.Item name="Password" label={profile ? t.newPassword : t.password}
          extra={profile && t.keepPassword}
          rules={[{ required: !profile, message: c.required }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item name="PasswordResetRequired" valuePropName="checked" noStyle>
          <Checkbox>{t.mustReset}</Checkbox>
        </Form.Item>
        <br />
        <Form.Item name="MFABindRequired" valuePropName="checked" noStyle>
          <Checkbox>{t.mustMfa}</Checkbox>
        </Form.Item>
        {save.error && <Failure error={save.error} />}
      </Form>
    </Modal>
  );
}

// The page's policy knows no data: URLs.
function usePicture(base64: string | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!base64) return;
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const made = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [base64]);
  return url;
}

function MfaDialog({ user, device, onClose, onBound }: {
  user: string; device: NewMfaDevice; onClose: () => void; onBound: () => void;
}) {
  const t = useText(messages);
  const c = useText(common);
  const [form] = Form.useForm<{ first: string; second: string }>();
  const bind = useChange(({ first, second }: { first: string; second: string }) =>
    ram.bindMfaDevice(user, device.SerialNumber, first, second), { done: c.saved, onDone: onBound });
  const picture = usePicture(device.QRCodePNG);
  const rules = [{ required: true, pattern: /^\d{6}$/, message: c.required }];
  return (
    <Modal open title={t.bindMfa} onCancel={onClose} okText={t.bind} cancelText={c.cancel}
      confirmLoading={bind.isPending} onOk={() => form.submit()}>
      <div className={styles.stack}>
        <div>{t.bindHow}</div>
        {picture && (
          <img alt={t.qrCode} width={192} height={192} src={picture}
            style={{ imageRendering: 'pixelated', background: '#fff', alignSelf: 'center' }} />
        )}
        <div>
          <Typography.Text type="secondary">{t.seed}</Typography.Text>
          <div><code className={styles.any}>{device.Base32StringSeed}</code></div>
        </div>
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(codes) => bind.mutate(codes)}>
          <Form.Item name="first" label={t.code1} rules={rules}>
            <Input inputMode="numeric" maxLength={6} autoComplete="off" />
          </Form.Item>
          <Form.Item name="second" label={t.code2} rules={rules}>
            <Input inputMode="numeric" maxLength={6} autoComplete="off" />
          </Form.Item>
          {bind.error && <Failure error={bind.error} />}
        </Form>
      </div>
    </Modal>
  );
}

function SecondFactor({ user }: { user: string }) {
  const t = useText(messages);
  const [device, setDevice] = useState<NewMfaDevice>();
  const query = useQuery({
    queryKey: ['people', 'mfa', user],
    queryFn: ({ signal }) => orNothing(ram.getUserMfaInfo(user, { signal })),
  });
  // A device of an earlier, unfinished try has the plain name; this one is new.
  const create = useChange(() => ram.createMfaDevice(`${user}-${Date.now().toString(36)}`.slice(-64)), {
    onDone: setDevice,
  });
  const abandon = useChange((serial: string) => ram.deleteMfaDevice(serial));
  const unbind = useChange(async (serial: string) => {
    await ram.unbindMfaDevice(user);
    await ram.deleteMfaDevice(serial);
  });
  if (query.error) return <Failure error={query.error} />;
  if (!query.isSuccess || query.data === 'lacking') return null;
  const bound = query.data?.SerialNumber;
  return (
    <>
      {[create.error, unbind.error].map((error, i) => error && <Failure key={i} error={error} />)}
      {bound ? (
        <div className={styles.row}>
          <code className={`${styles.grow} ${styles.any}`}>{bound}</code>
          <Confirm label={t.unbind} title={t.unbindAsk} onConfirm={() => unbind.mutate(bound)} />
        </div>
      ) : (
        <div className={styles.row}>
          <span className={styles.grow}>{`${t.mfa}: ${t.noMfa}`}</span>
          <Button loading={create.isPending} onClick={() => create.mutate(undefined)}>{t.bindMfa}</Button>
        </div>
      )}
      {device && <MfaDialog user={user} device={device} onBound={() => setDevice(undefined)} onClose={() => {
        abandon.mutate(device.SerialNumber);
        setDevice(undefined);
      }} />}
    </>
  );
}

export function SignInSettings({ user }: { user: string }) {
  const t = useText(messages);
  const c = useText(common);
  const [editing, setEditing] = useState(false);
  const query = useQuery({
    queryKey: ['people', 'login', user],
    queryFn: ({ signal }) => orNothing(ram.getLoginProfile(user, { signal })),
  });
  const end = useChange(() => ram.deleteLoginProfile(user), { done: c.deleted });
  if (query.data === 'lacking') return null;
  const profile = query.data ?? null;
  const items = profile && [
    { key: 'reset', label: t.mustReset, children: profile.PasswordResetRequired ? t.yes : t.no },
    { key: 'mfa', label: t.mustMfa, children: profile.MFABindRequired ? t.yes : t.no },
  ];
  return (
    <Section title={t.signIn} query={query} failed={end.error} extra={query.isSuccess && (
      <div className={styles.row}>
        <Button onClick={() => setEditing(true)}>{profile ? t.changePassword : t.allowLogin}</Button>
        {profile && <Confirm label={t.endLogin} title={t.endLoginAsk} onConfirm={() => end.mutate(undefined)} />}
      </div>
    )}>
      <div className={styles.stack}>
        {items ? <Descriptions size="small" column={1} items={items} />
          : <Typography.Text type="secondary">{t.noLogin}</Typography.Text>}
        <SecondFactor user={user} />
      </div>
      {editing && <PasswordDialog user={user} profile={profile} onClose={() => setEditing(false)} />}
    </Section>
  );
}
