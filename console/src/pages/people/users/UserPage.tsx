import { EditOutlined, SafetyOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Descriptions, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router-dom';
import { ram, type User } from '../../../api/ram';
import { simulatorPath } from '../../../api/simulation';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { Failure } from '../../../components/Failure';
import { text as common } from '../messages';
import { Attached } from '../parts/Attached';
import { Back } from '../parts/Back';
import { Confirm } from '../parts/Confirm';
import { Section } from '../parts/Section';
import { useChange } from '../parts/useChange';
import styles from '../parts/people.module.css';
import { AccessKeys } from './AccessKeys';
import { removeUser } from './removeUser';
import { SignInSettings } from './SignInSettings';
import { text as messages } from './messages';
import { UserGroups } from './UserGroups';
import { userPath } from './Users';

function EditUser({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useText(messages);
  const c = useText(common);
  const navigate = useNavigate();
  const save = useChange((change: Partial<User>) => ram.updateUser(user.UserName, change), {
    done: c.saved,
    onDone: (_, change) => {
      onClose();
      navigate(userPath(change.UserName!), { replace: true });
    },
  });
  const [form] = Form.useForm<Partial<User>>();
  return (
    <Modal open title={t.editUser} onCancel={onClose} okText={c.save} cancelText={c.cancel}
      confirmLoading={save.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={user}
        onFinish={(change) => save.mutate(change)}>
        <Form.Item name="UserName" label={t.userName} extra={c.nameRule}
          rules={[{ required: true, message: c.required }]}><Input spellCheck={false} /></Form.Item>
        <Form.Item name="DisplayName" label={t.displayName}><Input dir="auto" /></Form.Item>
        <Form.Item name="Email" label={t.email}><Input /></Form.Item>
        <Form.Item name="MobilePhone" label={t.mobile}><Input /></Form.Item>
        <Form.Item name="Comments" label={c.comments}>
          <Input.TextArea rows={2} maxLength={128} dir="auto" />
        </Form.Item>
        {save.error && <Failure error={save.error} />}
      </Form>
    </Modal>
  );
}

export function UserPage() {
  const t = useText(messages);
  const c = useText(common);
  const format = useFormat();
  const navigate = useNavigate();
  const { name = '' } = useParams();
  const [editing, setEditing] = useState(false);
  const query = useQuery({
    queryKey: ['people', 'user', name], queryFn: ({ signal }) => ram.getUser(name, { signal }),
  });
  const remove = useChange(removeUser, { done: c.deleted, onDone: () => navigate('/people/users') });
  const user = query.data;
  const items = user && [
    { label: t.displayName, children: <bdi>{user.DisplayName}</bdi> },
    { label: t.userId, children: <code>{user.UserId}</code> },
    ...(user.Email ? [{ label: t.email, children: user.Email }] : []),
    ...(user.MobilePhone ? [{ label: t.mobile, children: user.MobilePhone }] : []),
    ...(user.Comments ? [{ label: c.comments, children: <bdi>{user.Comments}</bdi> }] : []),
    { label: c.created, children: format.time(user.CreateDate) },
    ...(user.LastLoginDate ? [{ label: t.lastLogin, children: format.time(user.LastLoginDate) }] : []),
  ].map((item) => ({ key: item.label, ...item }));
  return (
    <div className={styles.stack}>
      <Back to="/people/users" title={name} extra={user && (
        <>
          <Button icon={<SafetyOutlined />}
            onClick={() => navigate(simulatorPath({ principal: `user/${name}` }))}>{c.check}</Button>
          <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>{c.edit}</Button>
          <Confirm label={c.deleteOf(name)} text={c.delete} title={t.deleteAsk} description={t.deleteWhat}
            onConfirm={() => remove.mutate(name)} />
        </>
      )} />
      <Section title={t.profile} query={query} failed={remove.error}>
        <Descriptions size="small" column={{ xs: 1, md: 2 }} items={items} className={styles.any} />
      </Section>
      {user && (
        <>
          <AccessKeys user={name} />
          <div className={styles.two}>
            <Attached entity={{ kind: 'User', name }} />
            <UserGroups user={name} />
          </div>
          <SignInSettings user={name} />
          {editing && <EditUser user={user} onClose={() => setEditing(false)} />}
        </>
      )}
    </div>
  );
}
