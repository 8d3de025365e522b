import { CopyOutlined, EditOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Descriptions, Empty, Input, Modal, Tag, theme, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { ApiError } from '../../../api/errors';
import { type Policy, type PolicyType, type PolicyVersion, ram } from '../../../api/ram';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { Failure } from '../../../components/Failure';
import { groupPath } from '../groups/Groups';
import { text as common } from '../messages';
import { PolicyTypeTag } from '../parts/Attached';
import { Back } from '../parts/Back';
import { Confirm } from '../parts/Confirm';
import { Section } from '../parts/Section';
import { useChange } from '../parts/useChange';
import { rolePath } from '../roles/Roles';
import { userPath } from '../users/Users';
import styles from '../parts/people.module.css';
import { pretty } from './document';
import { JsonEditor } from './JsonEditor';
import { isFault, parseJson } from './jsonText';
import { text as messages } from './messages';
import { PolicyEditor } from './PolicyEditor';

// DeletePolicy wants that nobody has it and that there is one version.
async function removePolicy(name: string) {
  const policy = { PolicyName: name, PolicyType: 'Custom' } as const;
  const { users, groups, roles } = await ram.listEntitiesForPolicy(name, 'Custom');
  for (const one of users) await ram.detachPolicy({ kind: 'User', name: one.UserName }, policy);
  for (const one of groups) await ram.detachPolicy({ kind: 'Group', name: one.GroupName }, policy);
  for (const one of roles) await ram.detachPolicy({ kind: 'Role', name: one.RoleName }, policy);
  for (const version of await ram.listPolicyVersions(name, 'Custom')) {
    if (!version.IsDefaultVersion) await ram.deletePolicyVersion(name, version.VersionId);
  }
  await ram.deletePolicy(name);
}

// The lines of the statement with that number, from 1 on.
function linesOf(text: string, statement: number): [number, number] | undefined {
  const parsed = parseJson(text);
  if (isFault(parsed)) return undefined;
  const first = parsed.lines.get(`Statement[${statement - 1}]`) ?? parsed.lines.get('Statement');
  if (!first) return undefined;
  const next = parsed.lines.get(`Statement[${statement}]`);
  return [first, next ? next - 1 : text.trimEnd().split('\n').length - 2];
}

function Entities({ name, type }: { name: string; type: PolicyType }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const query = useQuery({
    queryKey: ['people', 'entities', type, name],
    queryFn: ({ signal }) => ram.listEntitiesForPolicy(name, type, { signal }),
  });
  const rows = query.data && [
    ...query.data.users.map((one) => ({ kind: t.user, name: one.UserName, to: userPath(one.UserName) })),
    ...query.data.groups.map((one) => ({ kind: t.group, name: one.GroupName, to: groupPath(one.GroupName) })),
    ...query.data.roles.map((one) => ({ kind: t.role, name: one.RoleName, to: rolePath(one.RoleName) })),
  ];
  return (
    <Section title={t.who} query={query}>
      {rows?.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.nobody} />}
      <ul className={styles.list}>
        {rows?.map((row) => (
          <li key={row.to} style={{ borderColor: token.colorBorderSecondary }}>
            <Tag>{row.kind}</Tag><Link className={styles.any} to={row.to}>{row.name}</Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Versions({ name, type, shown, onShow }: {
  name: string; type: PolicyType; shown: string; onShow: (version: PolicyVersion) => void;
}) {
  const t = useText(messages);
  const c = useText(common);
  const { token } = theme.useToken();
  const format = useFormat();
  const query = useQuery({
    queryKey: ['people', 'versions', type, name],
    queryFn: ({ signal }) => ram.listPolicyVersions(name, type, { signal }),
  });
  const use = useChange((id: string) => ram.setDefaultPolicyVersion(name, id), { done: c.saved });
  const remove = useChange((id: string) => ram.deletePolicyVersion(name, id), { done: c.deleted });
  return (
    <Section title={t.versions} query={query} failed={use.error ?? remove.error}>
      <ul className={styles.list}>
        {[...(query.data ?? [])].reverse().map((version) => (
          <li key={version.VersionId} style={{ borderColor: token.colorBorderSecondary }}>
            <div className={styles.grow}>
              <Typography.Text strong={shown === version.VersionId}>{version.VersionId}</Typography.Text>{' '}
              {version.IsDefaultVersion && <Tag color="green">{t.current}</Tag>}
              <div><Typography.Text type="secondary" className={styles.muted}>
                {format.time(version.CreateDate)}
              </Typography.Text></div>
            </div>
            <Button size="small" type="text" disabled={shown === version.VersionId}
              aria-label={`${t.show} ${version.VersionId}`} onClick={() => onShow(version)}>{t.show}</Button>
            {type === 'Custom' && !version.IsDefaultVersion && (
              <>
                <Confirm danger={false} icon={<span />} label={t.setDefault} title={t.setDefaultAsk}
                  onConfirm={() => use.mutate(version.VersionId)} />
                <Confirm small label={c.deleteOf(version.VersionId)} title={t.versionDeleteAsk}
                  onConfirm={() => remove.mutate(version.VersionId)} />
              </>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Description({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const t = useText(messages);
  const c = useText(common);
  const [value, setValue] = useState(policy.Description);
  const save = useChange(() => ram.updatePolicyDescription(policy.PolicyName, value), {
    done: c.saved, onDone: onClose,
  });
  return (
    <Modal open title={t.editDescription} onCancel={onClose} okText={c.save} cancelText={c.cancel}
      confirmLoading={save.isPending} onOk={() => save.mutate(undefined)}>
      <Input.TextArea aria-label={c.description} rows={3} dir="auto" value={value}
        onChange={(event) => setValue(event.target.value)} />
      {save.error && <Failure error={save.error} />}
    </Modal>
  );
}

function Document({ name, type, version, statement, onSaved }: {
  name: string; type: PolicyType; version: PolicyVersion; statement?: number; onSaved: () => void;
}) {
  const t = useText(messages);
  const c = useText(common);
  const navigate = useNavigate();
  const text = useMemo(() => pretty(version.PolicyDocument), [version.PolicyDocument]);
  const marked = useMemo(() => (statement ? linesOf(text, statement) : undefined), [text, statement]);
  const [edited, setEdited] = useState<string>();
  const [refused, setRefused] = useState<string>();
  const save = useChange((document: string) => {
    setRefused(document);
    return ram.createPolicyVersion(name, document);
  }, {
    done: c.saved,
    onDone: () => {
      setEdited(undefined);
      onSaved();
    },
  });
  const atLine = save.error instanceof ApiError && /MalformedPolicy/.test(save.error.code);
  return (
    <Section title={t.document} failed={atLine ? undefined : save.error} extra={edited === undefined && (
      <div className={styles.row}>
        <Button icon={<CopyOutlined />}
          onClick={() => navigate('/people/policies/new', { state: { document: text } })}>{t.copyAsNew}</Button>
        {type === 'Custom' && (
          <Button icon={<EditOutlined />} onClick={() => setEdited(text)}>{c.edit}</Button>
        )}
      </div>
    )}>
      {edited === undefined ? (
        <div className={styles.stack}>
          {marked && <Alert type="warning" showIcon title={t.fromStatement(statement!)} />}
          {type === 'System' && <Typography.Text type="secondary">{t.systemHint}</Typography.Text>}
          <JsonEditor label={t.document} value={text} marked={marked} rows={4} />
        </div>
      ) : (
        <div className={styles.stack}>
          <PolicyEditor value={edited} onChange={setEdited} error={save.error} refused={refused} />
          <div className={styles.row}>
            <Button type="primary" loading={save.isPending} onClick={() => save.mutate(edited)}>
              {t.saveVersion}
            </Button>
            <Button onClick={() => setEdited(undefined)}>{c.cancel}</Button>
          </div>
        </div>
      )}
    </Section>
  );
}

export default function PolicyPage() {
  const t = useText(messages);
  const c = useText(common);
  const format = useFormat();
  const navigate = useNavigate();
  const { name = '', type: written } = useParams();
  const type: PolicyType = written === 'System' ? 'System' : 'Custom';
  const statement = Number(useSearchParams()[0].get('statement')) || undefined;
  const [describing, setDescribing] = useState(false);
  const [chosen, setChosen] = useState<PolicyVersion>();
  const query = useQuery({
    queryKey: ['people', 'policy', type, name],
    queryFn: ({ signal }) => ram.getPolicy(name, type, { signal }),
  });
  const remove = useChange(removePolicy, { done: c.deleted, onDone: () => navigate('/people/policies') });
  const policy = query.data?.policy;
  const version = chosen ?? query.data?.version;
  return (
    <>
      <Back to="/people/policies" title={name} extra={policy && type === 'Custom' && (
        <>
          <Button icon={<EditOutlined />} onClick={() => setDescribing(true)}>{c.description}</Button>
          <Confirm label={c.deleteOf(name)} text={c.delete} title={t.deleteAsk} description={t.deleteWhat}
            onConfirm={() => remove.mutate(name)} />
        </>
      )} />
      <Section query={query} failed={remove.error}>
        {policy && <Descriptions size="small" column={{ xs: 1, md: 3 }} items={[
          { key: 'kind', label: t.kind, children: <PolicyTypeTag type={type} /> },
          { key: 'text', label: c.description, children: <bdi>{policy.Description || '—'}</bdi> },
          {
            key: 'made', label: c.created,
            children: policy.CreateDate ? format.time(policy.CreateDate) : '—',
          },
        ]} />}
      </Section>
      {version && (
        <>
          <Document key={version.VersionId} name={name} type={type} version={version} statement={statement}
            onSaved={() => setChosen(undefined)} />
          <div className={styles.two}>
            <Entities name={name} type={type} />
            <Versions name={name} type={type} shown={version.VersionId} onShow={setChosen} />
          </div>
        </>
      )}
      {describing && policy && <Description policy={policy} onClose={() => setDescribing(false)} />}
    </>
  );
}
