// The policies of a user, a group or a role: what is attached, and what else could be.
import { CloseOutlined } from '@ant-design/icons';
import { Button, Empty, Select, Tag, theme, Typography } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { type Entity, type Policy, ram } from '../../../api/ram';
import { useText } from '../../../app/text';
import { text as messages } from '../messages';
import { Confirm } from './Confirm';
import { Section } from './Section';
import { useChange } from './useChange';
import styles from './people.module.css';

export const policyPath = (type: string, name: string) =>
  `/people/policies/${type}/${encodeURIComponent(name)}`;

export function PolicyTypeTag({ type }: { type: string }) {
  const t = useText(messages);
  return <Tag color={type === 'System' ? 'blue' : 'default'}>{type === 'System' ? t.system : t.custom}</Tag>;
}

function Choice({ attached, onAttach, busy }: {
  attached: Policy[]; onAttach: (policy: Policy) => Promise<unknown>; busy: boolean;
}) {
  const t = useText(messages);
  const all = useQuery({
    queryKey: ['people', 'policies'], queryFn: ({ signal }) => ram.listPolicies({ signal }),
  });
  const [chosen, setChosen] = useState<string>();
  const has = new Set(attached.map((one) => `${one.PolicyType}/${one.PolicyName}`));
  const left = (all.data ?? []).filter((one) => !has.has(`${one.PolicyType}/${one.PolicyName}`));
  const group = (type: string, label: string) => ({
    label, options: left.filter((one) => one.PolicyType === type).map((one) => ({
      value: `${type}/${one.PolicyName}`, label: one.PolicyName, title: one.Description,
    })),
  });
  const policy = left.find((one) => `${one.PolicyType}/${one.PolicyName}` === chosen);
  return (
    <div className={styles.row}>
      <Select className={styles.grow} style={{ minWidth: 180 }} showSearch aria-label={t.choosePolicy}
        placeholder={t.choosePolicy} value={chosen} onChange={setChosen} loading={all.isPending}
        options={[group('Custom', t.custom), group('System', t.system)]
          .filter(({ options }) => options.length > 0)} />
      <Button type="primary" disabled={!policy} loading={busy} onClick={() => {
        void onAttach(policy!).then(() => setChosen(undefined), () => {});
      }}>{t.attach}</Button>
    </div>
  );
}

export function Attached({ entity }: { entity: Entity }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const query = useQuery({
    queryKey: ['people', 'attached', entity.kind, entity.name],
    queryFn: ({ signal }) => ram.listPoliciesFor(entity, { signal }),
  });
  const attach = useChange((policy: Policy) => ram.attachPolicy(entity, policy));
  const detach = useChange((policy: Policy) => ram.detachPolicy(entity, policy));
  return (
    <Section title={t.policies} query={query} failed={attach.error ?? detach.error}>
      <Choice attached={query.data ?? []} busy={attach.isPending} onAttach={attach.mutateAsync} />
      {query.data?.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noPolicies} />}
      <ul className={styles.list}>
        {query.data?.map((policy) => (
          <li key={`${policy.PolicyType}/${policy.PolicyName}`}
            style={{ borderColor: token.colorBorderSecondary }}>
            <div className={styles.grow}>
              <Link className={styles.any} to={policyPath(policy.PolicyType, policy.PolicyName)}>
                {policy.PolicyName}
              </Link>
              {policy.Description && (
                <div><Typography.Text type="secondary" className={styles.muted}>
                  {policy.Description}
                </Typography.Text></div>
              )}
            </div>
            <PolicyTypeTag type={policy.PolicyType} />
            <Confirm small label={t.detachOf(policy.PolicyName)} icon={<CloseOutlined />}
              title={t.detachAsk} onConfirm={() => detach.mutate(policy)} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
