import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Select, Typography } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { ApiError } from '../../../api/errors';
import { type Role, ram } from '../../../api/ram';
import { useText } from '../../../app/text';
import { useSession } from '../../../app/useSession';
import { Failure } from '../../../components/Failure';
import { text as common } from '../messages';
import { Listing } from '../parts/Listing';
import { useChange } from '../parts/useChange';
import { text as messages } from './messages';
import { trustText } from './trust';
import { TrustEditor } from './TrustEditor';

export const rolePath = (name: string) => `/people/roles/${encodeURIComponent(name)}`;

export function useHours() {
  const t = useText(messages);
  return [1, 2, 4, 8, 12].map((count) => ({ value: count * 3600, label: t.hours(count) }));
}

function NewRole({ onClose }: { onClose: () => void }) {
  const t = useText(messages);
  const c = useText(common);
  const navigate = useNavigate();
  const hours = useHours();
  const account = useSession()?.identity.accountId ?? '';
  const [trust, setTrust] = useState(() =>
    trustText({ RAM: [`acs:ram::${account}:root`], Service: [], Federated: [] }));
  const [refused, setRefused] = useState<string>();
  const create = useChange((fields: { name: string; description?: string; seconds: number }) => {
    setRefused(trust);
    return ram.createRole(fields.name, trust, fields.description ?? '', fields.seconds);
  }, { onDone: (_, { name }) => navigate(rolePath(name)) });
  const atLine = create.error instanceof ApiError && /MalformedPolicy/.test(create.error.code);
  return (
    <Drawer open onClose={onClose} title={t.newRole} size={960}>
      <Form layout="vertical" requiredMark={false} initialValues={{ seconds: 3600 }}
        onFinish={(fields) => create.mutate(fields)}>
        <Form.Item name="name" label={t.roleName} extra={c.nameRule}
          rules={[{ required: true, message: c.required }]}>
          <Input autoFocus autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="description" label={c.description}><Input dir="auto" /></Form.Item>
        <Form.Item name="seconds" label={t.longest}>
          <Select options={hours} style={{ maxWidth: 200 }} />
        </Form.Item>
        <Form.Item label={t.trust} extra={t.assumeHint}>
          <TrustEditor value={trust} onChange={setTrust} error={create.error} refused={refused} />
        </Form.Item>
        {create.error && !atLine && <Form.Item><Failure error={create.error} /></Form.Item>}
        <Button type="primary" htmlType="submit" loading={create.isPending}>{c.create}</Button>
      </Form>
    </Drawer>
  );
}

export function Roles() {
  const t = useText(messages);
  const c = useText(common);
  const [making, setMaking] = useState(false);
  const roles = useQuery({ queryKey: ['people', 'roles'], queryFn: ({ signal }) => ram.listRoles({ signal }) });
  return (
    <>
      <Listing<Role> query={roles} keyOf={(role) => role.RoleName} search={t.search} empty={t.empty}
        searched={(role) => `${role.RoleName} ${role.Description}`}
        create={{ label: t.newRole, onClick: () => setMaking(true) }}
        columns={[
          {
            title: t.roleName, dataIndex: 'RoleName', sorter: (a, b) => (a.RoleName < b.RoleName ? -1 : 1),
            render: (name: string) => <Link to={rolePath(name)}>{name}</Link>,
          },
          {
            title: c.description, dataIndex: 'Description', ellipsis: true,
            render: (note: string) => <span dir="auto">{note}</span>,
          },
          {
            title: 'ARN', dataIndex: 'Arn', responsive: ['md'],
            render: (arn: string) => <Typography.Text code>{arn}</Typography.Text>,
          },
          {
            title: t.longest, dataIndex: 'MaxSessionDuration', responsive: ['md'],
            render: (seconds: number) => t.hours(Math.round(seconds / 360) / 10),
          },
        ]} />
      {making && <NewRole onClose={() => setMaking(false)} />}
    </>
  );
}
