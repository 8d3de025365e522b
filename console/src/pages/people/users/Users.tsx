import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Form, Input, Typography } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { type NewAccessKey, ram, type User } from '../../../api/ram';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { Failure } from '../../../components/Failure';
import { text as common } from '../messages';
import { Listing } from '../parts/Listing';
import { SecretDialog } from '../parts/Secret';
import { useChange } from '../parts/useChange';
import { text as messages } from './messages';

export const userPath = (name: string) => `/people/users/${encodeURIComponent(name)}`;

export function useUsers() {
  return useQuery({ queryKey: ['people', 'users'], queryFn: ({ signal }) => ram.listUsers({ signal }) });
}

interface NewUser {
  UserName: string;
  DisplayName?: string;
  Email?: string;
  Comments?: string;
  withKey: boolean;
}

async function createUser({ withKey, ...user }: NewUser): Promise<NewAccessKey | undefined> {
  await ram.createUser({ ...user, DisplayName: user.DisplayName || undefined });
  return withKey ? ram.createAccessKey(user.UserName) : undefined;
}

function NewUserDrawer({ open, onClose, onMade }: {
  open: boolean; onClose: () => void; onMade: (name: string, key?: NewAccessKey) => void;
}) {
  const t = useText(messages);
  const c = useText(common);
  const create = useChange(createUser, { onDone: (key, user) => onMade(user.UserName, key) });
  return (
    <Drawer open={open} onClose={onClose} title={t.newUser} destroyOnHidden size={440}>
      <Form layout="vertical" requiredMark={false} onFinish={(user: NewUser) => create.mutate(user)}
        initialValues={{ withKey: true }}>
        <Form.Item name="UserName" label={t.userName} extra={c.nameRule}
          rules={[{ required: true, message: c.required }]}>
          <Input autoFocus autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="DisplayName" label={t.displayName}><Input autoComplete="off" /></Form.Item>
        <Form.Item name="Email" label={t.email}><Input type="email" autoComplete="off" /></Form.Item>
        <Form.Item name="Comments" label={c.comments}><Input.TextArea rows={2} maxLength={128} /></Form.Item>
        <Form.Item name="withKey" valuePropName="checked" extra={t.withKeyHint}>
          <Checkbox>{t.withKey}</Checkbox>
        </Form.Item>
        {create.error && <Form.Item><Failure error={create.error} /></Form.Item>}
        <Button type="primary" htmlType="submit" loading={create.isPending} block>{c.create}</Button>
      </Form>
    </Drawer>
  );
}

export function Users() {
  const t = useText(messages);
  const c = useText(common);
  const format = useFormat();
  const navigate = useNavigate();
  const users = useUsers();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ name: string; key: NewAccessKey }>();
  return (
    <>
      <Listing<User> query={users} keyOf={(user) => user.UserName} search={t.search} empty={t.empty}
        searched={(user) => [user.UserName, user.DisplayName, user.Comments, user.Email].join(' ')}
        create={{ label: t.newUser, onClick: () => setMaking(true) }}
        columns={[
          {
            title: t.userName, dataIndex: 'UserName', sorter: (a, b) => (a.UserName < b.UserName ? -1 : 1),
            render: (name: string) => <Link to={userPath(name)}>{name}</Link>,
          },
          {
            title: t.displayName, dataIndex: 'DisplayName', ellipsis: true,
            render: (name: string) => <span dir="auto">{name}</span>,
          },
          {
            title: c.comments, dataIndex: 'Comments', ellipsis: true, responsive: ['md'],
            render: (note: string) => <span dir="auto">{note}</span>,
          },
          {
            title: c.created, dataIndex: 'CreateDate', responsive: ['md'],
            sorter: (a, b) => (a.CreateDate < b.CreateDate ? -1 : 1),
            render: (date: string) => (
              <Typography.Text type="secondary">{format.time(date)}</Typography.Text>
            ),
          },
        ]} />
      <NewUserDrawer open={making} onClose={() => setMaking(false)} onMade={(name, key) => {
        setMaking(false);
        if (key) setMade({ name, key });
        else navigate(userPath(name));
      }} />
      <SecretDialog title={t.keyMade} name={made?.name ?? ''} onClose={() => {
        const { name } = made!;
        setMade(undefined);
        navigate(userPath(name));
      }} fields={made && [
        { label: t.userName, value: made.name },
        { label: t.key, value: made.key.AccessKeyId },
        { label: t.secret, value: made.key.AccessKeySecret },
      ]} />
    </>
  );
}
