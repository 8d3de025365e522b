import { CloseOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Empty, Select, theme } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { ram } from '../../../api/ram';
import { useText } from '../../../app/text';
import { groupPath, useGroups } from '../groups/Groups';
import { Confirm } from '../parts/Confirm';
import { Section } from '../parts/Section';
import { useChange } from '../parts/useChange';
import styles from '../parts/people.module.css';
import { text as messages } from './messages';

export function UserGroups({ user }: { user: string }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const [chosen, setChosen] = useState<string>();
  const query = useQuery({
    queryKey: ['people', 'groups of', user],
    queryFn: ({ signal }) => ram.listGroupsForUser(user, { signal }),
  });
  const all = useGroups();
  const join = useChange((group: string) => ram.addUserToGroup(user, group), {
    onDone: () => setChosen(undefined),
  });
  const leave = useChange((group: string) => ram.removeUserFromGroup(user, group));
  const member = new Set(query.data?.map((group) => group.GroupName));
  const options = (all.data ?? []).filter((group) => !member.has(group.GroupName))
    .map((group) => ({ value: group.GroupName, label: group.GroupName }));
  return (
    <Section title={t.groups} query={query} failed={join.error ?? leave.error}>
      <div className={styles.row}>
        <Select className={styles.grow} style={{ minWidth: 180 }} showSearch aria-label={t.chooseGroup}
          placeholder={t.chooseGroup} value={chosen} onChange={setChosen} options={options} />
        <Button type="primary" disabled={!chosen} loading={join.isPending}
          onClick={() => join.mutate(chosen!)}>{t.join}</Button>
      </div>
      {query.data?.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noGroups} />}
      <ul className={styles.list}>
        {query.data?.map(({ GroupName: name }) => (
          <li key={name} style={{ borderColor: token.colorBorderSecondary }}>
            <Link className={`${styles.grow} ${styles.any}`} to={groupPath(name)}>{name}</Link>
            <Confirm small icon={<CloseOutlined />} label={t.leaveOf(name)} title={t.leaveAsk}
              onConfirm={() => leave.mutate(name)} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
