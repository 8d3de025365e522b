// The first minute: an address, a key, and the lines to paste for the client that one has.
import { KeyOutlined } from '@ant-design/icons';
import { Alert, Button, Card, Descriptions, Form, Input, Modal, Segmented, Select, Space, Tabs } from 'antd';
import { useState } from 'react';
import { ApiError } from '../../api/errors';
import { server } from '../../api/http';
import { modelKeys } from '../../api/modelKeys';
import { ram } from '../../api/ram';
import { useText } from '../../app/text';
import { useSession } from '../../app/useSession';
import { Command, CopyButton } from '../../components/Command';
import { Failure } from '../../components/Failure';
import { text } from './messages';
import { clients, type Setting } from './snippets';

interface Asked {
  name: string;
  policy: string;
}

// A user of its own for the program; who is a user already gets one more key.
interface AccessKey {
  id: string;
  secret: string; // shown once
}

async function makeKey(own: boolean, { name, policy }: Asked): Promise<AccessKey> {
  if (!own) {
    await ram.createUser({ UserName: name });
    await ram.attachPolicy({ kind: 'User', name }, { PolicyName: policy, PolicyType: 'System' });
  }
  const key = await ram.createAccessKey(own ? undefined : name);
  return { id: key.AccessKeyId, secret: key.AccessKeySecret };
}

function KeyDialog({ own, onClose, onKey }: {
  own: boolean; onClose: () => void; onKey: (key: AccessKey) => void;
}) {
  const t = useText(text);
  const [form] = Form.useForm<Asked>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const make = async (asked: Asked) => {
    setBusy(true);
    setError(undefined);
    try {
      onKey(await makeKey(own, asked));
      onClose();
    } catch (reason) {
      setBusy(false);
      if (!(reason instanceof ApiError) || reason.code !== 'EntityAlreadyExists.User') return setError(reason);
      form.setFields([{ name: 'name', errors: [t.nameTaken] }]);
    }
  };
  return (
    <Modal open title={t.newKey} okText={t.make} cancelText={t.cancel} confirmLoading={busy}
      onOk={() => form.submit()} onCancel={onClose}>
      <p>{own ? t.ownKeyText : t.newKeyText}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(asked) => void make(asked)}
        initialValues={{ name: 'my-program', policy: 'AliyunOSSFullAccess' }}>
        {!own && (
          <>
            <Form.Item name="name" label={t.userName}
              rules={[{ required: true, pattern: /^[\w.-]{1,64}$/, message: t.userNameRule }]}>
              <Input spellCheck={false} />
            </Form.Item>
            <Form.Item name="policy" label={t.access}>
              <Select options={[
                { value: 'AliyunOSSFullAccess', label: t.readWrite },
                { value: 'AliyunOSSReadOnlyAccess', label: t.readOnly },
              ]} />
            </Form.Item>
          </>
        )}
      </Form>
      {Boolean(error) && <Failure error={error} />}
    </Modal>
  );
}

function Secrets({ rows }: { rows: [string, string][] }) {
  const t = useText(text);
  return (
    <Alert type="success" showIcon title={t.once} description={
      <Descriptions column={1} size="small" items={rows.map(([label, value]) => ({
        key: label, label,
        children: <Space><code>{value}</code><CopyButton text={value} /></Space>,
      }))} />
    } />
  );
}

export default function Connect() {
  const t = useText(text);
  const account = useSession();
  const [kind, setKind] = useState<'objects' | 'models'>('objects');
  const [asking, setAsking] = useState(false);
  const [key, setKey] = useState<AccessKey>();
  const [modelKey, setModelKey] = useState<string>();
  const [error, setError] = useState<unknown>();
  const own = account?.identity.kind !== 'root';
  const setting: Setting = {
    url: server.origin,
    region: server.region,
    id: key?.id ?? 'YOUR-ACCESS-KEY-ID',
    secret: key?.secret ?? 'YOUR-ACCESS-KEY-SECRET',
    modelKey: modelKey ?? 'YOUR-API-KEY',
  };
  const makeModelKey = async () => {
    setError(undefined);
    try {
      const made = await modelKeys.create({
        description: 'console', models: [], tokensPerMinute: 0, maxConcurrent: 0,
      });
      setModelKey(made.apiKeyValue);
    } catch (reason) {
      setError(reason);
    }
  };
  const shown = clients.filter((client) => client.kind === kind);
  const made = kind === 'objects' ? key !== undefined : modelKey !== undefined;

  return (
    <Space orientation="vertical" size="large" style={{ width: '100%' }}>
      <Card>
        <Descriptions column={{ xs: 1, md: 2 }} items={[
          {
            key: 'address', label: t.address,
            children: <Space><code>{setting.url}</code><CopyButton text={setting.url} /></Space>,
          },
          { key: 'region', label: t.region, children: <code>{setting.region}</code> },
        ]} />
        <p style={{ marginBottom: 0 }}>{t.addressHint}</p>
      </Card>
      <Card>
        <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
          <Space wrap style={{ justifyContent: 'space-between', width: '100%' }}>
            <Segmented value={kind} onChange={setKind} options={[
              { value: 'objects', label: t.objects }, { value: 'models', label: t.models },
            ]} />
            {kind === 'objects' ? (
              <Button type="primary" icon={<KeyOutlined />} onClick={() => setAsking(true)}>{t.newKey}</Button>
            ) : (
              <Button type="primary" icon={<KeyOutlined />} onClick={() => void makeModelKey()}>
                {t.newModelKey}
              </Button>
            )}
          </Space>
          {kind === 'models' && <p style={{ margin: 0 }}>{t.modelKeyText}</p>}
          {kind === 'objects' && key && (
            <Secrets rows={[[t.accessKeyId, key.id], [t.accessKeySecret, key.secret]]} />
          )}
          {kind === 'models' && modelKey && <Secrets rows={[[t.modelKey, modelKey]]} />}
          {Boolean(error) && <Failure error={error} />}
          {!made && <Alert type="info" title={t.placeholder} />}
          <Tabs key={kind} items={shown.map((client) => ({
            key: client.name, label: client.name,
            children: (
              <Space orientation="vertical" size="small" style={{ width: '100%' }}>
                {client.install && <><div>{t.install}</div><Command text={client.install} /></>}
                <div>{t.use}</div>
                <Command text={client.code(setting)} />
              </Space>
            ),
          }))} />
        </Space>
      </Card>
      {asking && <KeyDialog own={own} onClose={() => setAsking(false)} onKey={setKey} />}
    </Space>
  );
}
