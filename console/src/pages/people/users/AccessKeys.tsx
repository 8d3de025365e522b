// A user's access keys: the secret of a new one is shown once.
import { PauseOutlined, PlayCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Empty, Tag, theme, Typography } from 'antd';
import { useState } from 'react';
import { isLacking } from '../../../api/modelKeys';
import { type AccessKey, type NewAccessKey, ram } from '../../../api/ram';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { CopyButton } from '../../../components/Command';
import { text as common } from '../messages';
import { Confirm } from '../parts/Confirm';
import { SecretDialog } from '../parts/Secret';
import { Section } from '../parts/Section';
import { useChange } from '../parts/useChange';
import styles from '../parts/people.module.css';
import { text as messages } from './messages';

function LastUsed({ user, id }: { user: string; id: string }) {
  const t = useText(messages);
  const format = useFormat();
  const used = useQuery({
    queryKey: ['people', 'last used', user, id], retry: false,
    queryFn: async ({ signal }) => {
      try {
        return await ram.getAccessKeyLastUsed(user, id, { signal });
      } catch (error) {
        if (isLacking(error)) return null;
        throw error;
      }
    },
  });
  if (typeof used.data !== 'string') return null;
  return <span>{' · '}{used.data ? `${t.lastUsed} ${format.time(used.data)}` : t.neverUsed}</span>;
}

export function AccessKeys({ user }: { user: string }) {
  const t = useText(messages);
  const c = useText(common);
  const { token } = theme.useToken();
  const format = useFormat();
  const [made, setMade] = useState<NewAccessKey>();
  const query = useQuery({
    queryKey: ['people', 'access keys', user],
    queryFn: ({ signal }) => ram.listAccessKeys(user, { signal }),
  });
  const create = useChange(() => ram.createAccessKey(user), { onDone: setMade });
  const remove = useChange((id: string) => ram.deleteAccessKey(user, id), { done: c.deleted });
  const toggle = useChange((key: AccessKey) =>
    ram.updateAccessKey(user, key.AccessKeyId, key.Status === 'Active' ? 'Inactive' : 'Active'));
  return (
    <Section title={t.accessKeys} query={query} failed={create.error ?? remove.error ?? toggle.error}
      extra={
        <Button icon={<PlusOutlined />} loading={create.isPending}
          onClick={() => create.mutate(undefined)}>{t.newKey}</Button>
      }>
      {query.data?.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noKeys} />}
      <ul className={styles.list}>
        {query.data?.map((key) => {
          const active = key.Status === 'Active';
          return (
            <li key={key.AccessKeyId} style={{ borderColor: token.colorBorderSecondary }}>
              <div className={styles.grow}>
                <div className={styles.row}>
                  <code className={styles.any}>{key.AccessKeyId}</code>
                  <CopyButton text={key.AccessKeyId} label={c.copyOf(key.AccessKeyId)} />
                  <Tag color={active ? 'green' : 'default'}>{active ? t.active : t.inactive}</Tag>
                </div>
                <Typography.Text type="secondary" className={styles.muted}>
                  {`${c.created} ${format.time(key.CreateDate)}`}
                  <LastUsed user={user} id={key.AccessKeyId} />
                </Typography.Text>
              </div>
              {active ? (
                <Confirm small danger={false} icon={<PauseOutlined />} text={t.disable}
                  label={`${t.disable} ${key.AccessKeyId}`} title={t.keyDisableAsk} onConfirm={() => toggle.mutate(key)} />
              ) : (
                <Button size="small" type="text" icon={<PlayCircleOutlined />} title={t.enable}
                  aria-label={`${t.enable} ${key.AccessKeyId}`} onClick={() => toggle.mutate(key)} />
              )}
              <Confirm small text={c.delete} label={c.deleteOf(key.AccessKeyId)} title={t.keyDeleteAsk}
                onConfirm={() => remove.mutate(key.AccessKeyId)} />
            </li>
          );
        })}
      </ul>
      <SecretDialog title={t.keyMade} name={user} onClose={() => setMade(undefined)} fields={made && [
        { label: t.userName, value: user },
        { label: t.key, value: made.AccessKeyId },
        { label: t.secret, value: made.AccessKeySecret },
      ]} />
    </Section>
  );
}
