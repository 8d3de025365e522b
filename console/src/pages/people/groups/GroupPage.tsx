import { CloseOutlined, EditOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Descriptions, Empty, Select, theme } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { ram } from '../../../api/ram';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { text as common } from '../messages';
import { Attached } from '../parts/Attached';
import { Back } from '../parts/Back';
import { Confirm } from '../parts/Confirm';
import { Section } from '../parts/Section';
import { useChange } from '../parts/useChange';
import { userPath, useUsers } from '../users/Users';
import styles from '../parts/people.module.css';
import { GroupDialog } from './Groups';
import { text as messages } from './messages';

// DeleteGroup wants that nothing hangs on the group any more.
async function removeGroup(name: string) {
  const entity = { kind: 'Group', name } as const;
  for (const policy of await ram.listPoliciesFor(entity)) await ram.detachPolicy(entity, policy);
  for (const user of await ram.listUsersForGroup(name)) await ram.removeUserFromGroup(user.UserName, name);
  await ram.deleteGroup(name);
}

function Members({ group }: { group: string }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const [chosen, setChosen] = useState<string>();
  const query = useQuery({
    queryKey: ['people', 'members', group],
    queryFn: ({ signal }) => ram.listUsersForGroup(group, { signal }),
  });
  const users = useUsers();
  const add = useChange((user: string) => ram.addUserToGroup(user, group), {
    onDone: () => setChosen(undefined),
  });
  const remove = useChange((user: string) => ram.removeUserFromGroup(user, group));
  const member = new Set(query.data?.map((user) => user.UserName));
  const options = (users.data ?? []).filter((user) => !member.has(user.UserName))
    .map((user) => ({ value: user.UserName, label: user.UserName }));
  return (
    <Section title={t.members} query={query} failed={add.error ?? remove.error}>
      <div className={styles.row}>
        <Select className={styles.grow} style={{ minWidth: 180 }} showSearch aria-label={t.chooseUser}
          placeholder={t.chooseUser} value={chosen} onChange={setChosen} options={options} />
        <Button type="primary" disabled={!chosen} loading={add.isPending}
          onClick={() => add.mutate(chosen!)}>{t.add}</Button>
      </div>
      {query.data?.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noMembers} />}
      <ul className={styles.list}>
        {query.data?.map(({ UserName: name, DisplayName: shown }) => (
          <li key={name} style={{ borderColor: token.colorBorderSecondary }}>
            <span className={`${styles.grow} ${styles.any}`}>
              <Link to={userPath(name)}>{name}</Link>
              {shown !== name && <span>{' · '}<bdi>{shown}</bdi></span>}
            </span>
            <Confirm small icon={<CloseOutlined />} label={t.removeOf(name)} title={t.removeAsk}
              onConfirm={() => remove.mutate(name)} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function GroupPage() {
  const t = useText(messages);
  const c = useText(common);
  const format = useFormat();
  const navigate = useNavigate();
  const { name = '' } = useParams();
  const [editing, setEditing] = useState(false);
  const query = useQuery({
    queryKey: ['people', 'group', name], queryFn: ({ signal }) => ram.getGroup(name, { signal }),
  });
  const remove = useChange(removeGroup, { done: c.deleted, onDone: () => navigate('/people/groups') });
  const group = query.data;
  return (
    <div className={styles.stack}>
      <Back to="/people/groups" title={name} extra={group && (
        <>
          <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>{c.edit}</Button>
          <Confirm label={c.deleteOf(name)} text={c.delete} title={t.deleteAsk} description={t.deleteWhat}
            onConfirm={() => remove.mutate(name)} />
        </>
      )} />
      <Section query={query} failed={remove.error}>
        {group && <Descriptions size="small" column={{ xs: 1, md: 2 }} items={[
          { key: 'note', label: c.comments, children: <bdi>{group.Comments}</bdi> },
          { key: 'made', label: c.created, children: format.time(group.CreateDate) },
        ]} />}
      </Section>
      {group && (
        <div className={styles.two}>
          <Members group={name} />
          <Attached entity={{ kind: 'Group', name }} />
        </div>
      )}
      {editing && group && <GroupDialog group={group} onClose={() => setEditing(false)} />}
    </div>
  );
}
