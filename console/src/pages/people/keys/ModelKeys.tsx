// Keys with which programs call models.
import { EditOutlined, PauseOutlined, PlayCircleOutlined, ReloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, InputNumber, Modal, Select, Tag, Typography } from 'antd';
import { useState } from 'react';
import { server } from '../../../api/http';
import { type ModelKey, modelKeys, type ModelKeySettings, type NewModelKey } from '../../../api/modelKeys';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { Failure } from '../../../components/Failure';
import { text as common } from '../messages';
import { Confirm } from '../parts/Confirm';
import { Listing } from '../parts/Listing';
import { SecretDialog } from '../parts/Secret';
import { useChange } from '../parts/useChange';
import styles from '../parts/people.module.css';
import { text as messages } from './messages';

interface Fields extends Omit<ModelKeySettings, 'expiresAt'> {
  expires?: string; // as <input type="datetime-local"> has it
}

const localTime = (iso: string) => {
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

function settingsOf({ expires, ...rest }: Fields): ModelKeySettings {
  return { ...rest, expiresAt: expires && new Date(expires).toISOString().replace(/\.\d{3}/, '') };
}

function KeyDialog({ edited, models, onClose, onMade }: {
  edited?: ModelKey; models: string[]; onClose: () => void; onMade: (key: NewModelKey) => void;
}) {
  const t = useText(messages);
  const c = useText(common);
  const [form] = Form.useForm<Fields>();
  const save = useChange(async (fields: Fields) => {
    const settings = settingsOf(fields);
    if (!edited) return modelKeys.create(settings);
    await modelKeys.update(edited.apiKeyId, settings);
    return undefined;
  }, {
    onDone: (key) => {
      onClose();
      if (key) onMade(key);
    },
  });
  const initial: Fields = edited ? {
    description: edited.description, tokensPerMinute: edited.tokensPerMinute,
    maxConcurrent: edited.maxConcurrent, models: edited.auth.modelAccessScope.accessibleModels,
    expires: edited.expiresAt && localTime(edited.expiresAt),
  } : { description: '', models: [], tokensPerMinute: 0, maxConcurrent: 0 };
  return (
    <Modal open title={edited ? t.editKey : t.newKey} onCancel={onClose} okText={edited ? c.save : c.create}
      cancelText={c.cancel} confirmLoading={save.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={initial}
        onFinish={(fields) => save.mutate(fields)}>
        <Form.Item name="description" label={t.name} extra={t.nameHint}
          rules={[{ required: true, message: c.required }]}><Input autoFocus dir="auto" /></Form.Item>
        <Form.Item name="models" label={t.models} extra={t.modelsHint}>
          <Select mode="tags" options={models.map((value) => ({ value }))} />
        </Form.Item>
        <Form.Item name="tokensPerMinute" label={t.tokensPerMinute} extra={t.zeroHint}>
          <InputNumber min={0} precision={0} />
        </Form.Item>
        <Form.Item name="maxConcurrent" label={t.maxConcurrent} extra={t.zeroHint}>
          <InputNumber min={0} precision={0} />
        </Form.Item>
        <Form.Item name="expires" label={t.expires} extra={t.expiresHint}>
          <Input type="datetime-local" style={{ maxWidth: 240 }} disabled={Boolean(edited?.expiresAt)} />
        </Form.Item>
        {save.error && <Failure error={save.error} />}
      </Form>
    </Modal>
  );
}

export default function ModelKeys() {
  const t = useText(messages);
  const c = useText(common);
  const format = useFormat();
  const [making, setMaking] = useState(false);
  const [edited, setEdited] = useState<ModelKey>();
  const [made, setMade] = useState<NewModelKey>();
  const query = useQuery({
    queryKey: ['people', 'model keys'], queryFn: ({ signal }) => modelKeys.list({ signal }),
  });
  const toggle = useChange((key: ModelKey) =>
    key.disabled ? modelKeys.enable(key.apiKeyId) : modelKeys.disable(key.apiKeyId));
  const remove = useChange(modelKeys.delete, { done: c.deleted });
  const reset = useChange(modelKeys.reset, { onDone: setMade });
  const failed = toggle.error ?? remove.error ?? reset.error;
  // Those that keys name already; the page of models has all.
  const models = [...new Set(query.data?.flatMap((key) => key.auth.modelAccessScope.accessibleModels))];
  const limit = (value: number) => (value ? format.number(value) : t.noLimit);
  const modelsOf = ({ auth: { modelAccessScope: scope } }: ModelKey) =>
    scope.allowAllModels ? t.allModels : scope.accessibleModels.join(', ') || t.noModels;
  return (
    <div className={styles.stack}>
      {failed && <Failure error={failed} />}
      <Listing<ModelKey> query={query} keyOf={(key) => key.apiKeyId} search={t.search} empty={t.empty}
        searched={(key) => `${key.description} ${key.apiKeyId} ${modelsOf(key)}`}
        create={{ label: t.newKey, onClick: () => setMaking(true) }}
        columns={[
          {
            title: t.name, dataIndex: 'description', render: (name: string, key) => (
              <div style={{ maxWidth: 320 }}>
                <bdi className={styles.any}>{name || '—'}</bdi>
                <div><Typography.Text type="secondary" className={styles.muted}>{key.apiKeyId}</Typography.Text></div>
              </div>
            ),
          },
          {
            title: t.state, dataIndex: 'disabled', render: (_, key) =>
              key.disabled ? <Tag>{t.disabled}</Tag>
                : key.expiresAt && Date.parse(key.expiresAt) < Date.now() ? <Tag color="red">{t.expired}</Tag>
                  : <Tag color="green">{t.active}</Tag>,
          },
          { title: t.models, render: (_, key) => <span className={styles.any}>{modelsOf(key)}</span> },
          { title: t.tokensPerMinute, dataIndex: 'tokensPerMinute', align: 'end', render: limit },
          {
            title: t.expires, dataIndex: 'expiresAt', responsive: ['md'],
            render: (time?: string) => (time ? format.time(time) : t.forever),
          },
          {
            title: c.created, dataIndex: 'gmtCreate', responsive: ['lg'],
            render: (time: number) => format.time(time),
          },
          {
            key: 'actions', align: 'end', render: (_, key) => {
              const name = key.description || key.apiKeyId;
              return (
                <span style={{ whiteSpace: 'nowrap' }}>
                  <Button size="small" type="text" icon={<EditOutlined />} aria-label={`${c.edit} ${name}`}
                    title={c.edit} onClick={() => setEdited(key)} />
                  {key.disabled ? (
                    <Button size="small" type="text" icon={<PlayCircleOutlined />} title={t.enable}
                      aria-label={`${t.enable} ${name}`} onClick={() => toggle.mutate(key)} />
                  ) : (
                    <Confirm small danger={false} icon={<PauseOutlined />} text={t.disable}
                      label={`${t.disable} ${name}`} title={t.disableAsk} onConfirm={() => toggle.mutate(key)} />
                  )}
                  <Confirm small danger={false} icon={<ReloadOutlined />} text={t.resetKey}
                    label={`${t.resetKey} ${name}`} title={t.resetAsk} onConfirm={() => reset.mutate(key.apiKeyId)} />
                  <Confirm small text={c.delete} label={c.deleteOf(name)} title={t.deleteAsk}
                    onConfirm={() => remove.mutate(key.apiKeyId)} />
                </span>
              );
            },
          },
        ]} />
      {(making || edited) && <KeyDialog edited={edited} models={models} onMade={setMade} onClose={() => {
        setMaking(false);
        setEdited(undefined);
      }} />}
      <SecretDialog title={t.made} name={made?.apiKeyId ?? 'model-key'} onClose={() => setMade(undefined)}
        fields={made && [
          { label: t.id, value: made.apiKeyId },
          { label: t.key, value: made.apiKeyValue },
          { label: t.baseUrl, value: `${server.origin}/v1` },
        ]} />
    </div>
  );
}
