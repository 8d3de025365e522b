import { EditOutlined, SafetyOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Descriptions, Form, Input, Modal, Select, Typography } from 'antd';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router-dom';
import { ApiError } from '../../../api/errors';
import { type Role, ram } from '../../../api/ram';
import { simulatorPath } from '../../../api/simulation';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { CopyButton } from '../../../components/Command';
import { Failure } from '../../../components/Failure';
import { text as common } from '../messages';
import { Attached } from '../parts/Attached';
import { Back } from '../parts/Back';
import { Confirm } from '../parts/Confirm';
import { Section } from '../parts/Section';
import { useChange } from '../parts/useChange';
import { pretty } from '../policies/document';
import { JsonEditor } from '../policies/JsonEditor';
import styles from '../parts/people.module.css';
import { text as messages } from './messages';
import { useHours } from './Roles';
import { TrustEditor } from './TrustEditor';

async function removeRole(name: string) {
  const entity = { kind: 'Role', name } as const;
  for (const policy of await ram.listPoliciesFor(entity)) await ram.detachPolicy(entity, policy);
  await ram.deleteRole(name);
}

function TrustSection({ role }: { role: Role }) {
  const t = useText(messages);
  const c = useText(common);
  const text = pretty(role.AssumeRolePolicyDocument ?? '');
  const [edited, setEdited] = useState<string>();
  const [refused, setRefused] = useState<string>();
  const save = useChange((document: string) => {
    setRefused(document);
    return ram.updateRole(role.RoleName, { document });
  }, { done: c.saved, onDone: () => setEdited(undefined) });
  const atLine = save.error instanceof ApiError && /MalformedPolicy/.test(save.error.code);
  return (
    <Section title={t.trust} failed={atLine ? undefined : save.error} extra={edited === undefined && (
      <Button icon={<EditOutlined />} aria-label={`${c.edit}: ${t.trust}`} onClick={() => setEdited(text)}>
        {c.edit}
      </Button>
    )}>
      {edited === undefined ? <JsonEditor label={t.trustDocument} value={text} rows={4} /> : (
        <div className={styles.stack}>
          <TrustEditor value={edited} onChange={setEdited} error={save.error} refused={refused} />
          <div className={styles.row}>
            <Button type="primary" loading={save.isPending} onClick={() => save.mutate(edited)}>{c.save}</Button>
            <Button onClick={() => setEdited(undefined)}>{c.cancel}</Button>
          </div>
        </div>
      )}
    </Section>
  );
}

function EditRole({ role, onClose }: { role: Role; onClose: () => void }) {
  const t = useText(messages);
  const c = useText(common);
  const hours = useHours();
  const [form] = Form.useForm<{ description: string; seconds: number }>();
  const save = useChange((change: { description: string; seconds: number }) =>
    ram.updateRole(role.RoleName, change), { done: c.saved, onDone: onClose });
  return (
    <Modal open title={t.editRole} onCancel={onClose} okText={c.save} cancelText={c.cancel}
      confirmLoading={save.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" onFinish={(change) => save.mutate(change)}
        initialValues={{ description: role.Description, seconds: role.MaxSessionDuration }}>
        <Form.Item name="description" label={c.description}><Input dir="auto" /></Form.Item>
        <Form.Item name="seconds" label={t.longest}><Select options={hours} /></Form.Item>
        {save.error && <Failure error={save.error} />}
      </Form>
    </Modal>
  );
}

export function RolePage() {
  const t = useText(messages);
  const c = useText(common);
  const format = useFormat();
  const navigate = useNavigate();
  const { name = '' } = useParams();
  const [editing, setEditing] = useState(false);
  const query = useQuery({
    queryKey: ['people', 'role', name], queryFn: ({ signal }) => ram.getRole(name, { signal }),
  });
  const remove = useChange(removeRole, { done: c.deleted, onDone: () => navigate('/people/roles') });
  const role = query.data;
  return (
    <div className={styles.stack}>
      <Back to="/people/roles" title={name} extra={role && (
        <>
          <Button icon={<SafetyOutlined />}
            onClick={() => navigate(simulatorPath({ principal: `role/${name}` }))}>{c.check}</Button>
          <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>{c.edit}</Button>
          <Confirm label={c.deleteOf(name)} text={c.delete} title={t.deleteAsk} description={t.deleteWhat}
            onConfirm={() => remove.mutate(name)} />
        </>
      )} />
      <Section query={query} failed={remove.error}>
        {role && <Descriptions size="small" column={{ xs: 1, md: 2 }} className={styles.any} items={[
          {
            key: 'arn', label: 'ARN',
            children: <span><code>{role.Arn}</code><CopyButton text={role.Arn} label={c.copyOf('ARN')} /></span>,
          },
          { key: 'text', label: c.description, children: <bdi>{role.Description || '—'}</bdi> },
          {
            key: 'longest', label: t.longest,
            children: t.hours(Math.round(role.MaxSessionDuration / 360) / 10),
          },
          { key: 'made', label: c.created, children: format.time(role.CreateDate) },
        ]} />}
      </Section>
      {role && (
        <>
          <TrustSection role={role} />
          <Typography.Text type="secondary">{t.assumeHint}</Typography.Text>
          <Attached entity={{ kind: 'Role', name }} />
          {editing && <EditRole role={role} onClose={() => setEditing(false)} />}
        </>
      )}
    </div>
  );
}
