// Who may do what, and why not. The question is in the address, so that it can be linked to.
import { CheckCircleFilled, CloseCircleFilled, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { AutoComplete, Button, Card, Form, Input, Spin, Tag, theme, Typography } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router-dom';
import { ram } from '../../../api/ram';
import {
  type PolicyStep, type Question, simulate, simulatorPath, type StatementLook, type Verdict,
} from '../../../api/simulation';
import { useText } from '../../../app/text';
import { Failure } from '../../../components/Failure';
import { policyPath } from '../parts/Attached';
import { ALL_ACTIONS, CONDITION_KEYS, EXAMPLE_VALUES, resourcePatterns } from '../policies/catalog';
import { useBucketNames } from '../policies/PolicyEditor';
import { useUsers } from '../users/Users';
import styles from '../parts/people.module.css';
import { text as messages } from './messages';
import own from './Simulator.module.css';

const options = (values: string[]) => values.map((value) => ({ value, label: value }));
const contains = (input: string, option?: { value?: unknown }) =>
  String(option?.value ?? '').toLowerCase().includes(input.toLowerCase());

function questionOf(query: URLSearchParams): Question {
  const pair = (text: string): [string, string] => {
    const at = text.indexOf('=');
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  };
  return {
    principal: query.get('principal') ?? '', action: query.get('action') ?? '',
    resource: query.get('resource') ?? '', context: query.getAll('context').map(pair),
  };
}

function Context({ value, onChange }: {
  value: Question['context']; onChange: (value: Question['context']) => void;
}) {
  const t = useText(messages);
  const set = (i: number, pair: [string, string]) =>
    onChange(value.map((one, j) => (i === j ? pair : one)));
  return (
    <div className={styles.stack} style={{ gap: 8 }}>
      {value.map(([key, text], i) => (
        <div key={i} className={own.pair}>
          <AutoComplete aria-label={t.key} placeholder={t.key} value={key} options={options(CONDITION_KEYS)}
            onChange={(next) => set(i, [next, text])} />
          <AutoComplete aria-label={t.value} placeholder={t.value} value={text}
            options={options(EXAMPLE_VALUES[key] ?? [])} onChange={(next) => set(i, [key, next])} />
          <Button type="text" icon={<DeleteOutlined />} aria-label={t.removeContext} title={t.removeContext}
            onClick={() => onChange(value.filter((_, j) => j !== i))} />
        </div>
      ))}
      <div>
        <Button size="small" icon={<PlusOutlined />}
          onClick={() => onChange([...value, ['acs:SourceIp', '']])}>{t.addContext}</Button>
      </div>
    </div>
  );
}

function QuestionForm({ asked, onAsk }: { asked: Question; onAsk: (question: Question) => void }) {
  const t = useText(messages);
  const [question, setQuestion] = useState(asked);
  const buckets = useBucketNames();
  const users = useUsers();
  const roles = useQuery({ queryKey: ['people', 'roles'], queryFn: ({ signal }) => ram.listRoles({ signal }) });
  const set = (change: Partial<Question>) => setQuestion({ ...question, ...change });
  const principals = [
    ...(users.data ?? []).map(({ UserName: name }) => ({ value: `user/${name}`, label: `${t.user} ${name}` })),
    ...(roles.data ?? []).map(({ RoleName: name }) => ({ value: `role/${name}`, label: `${t.role} ${name}` })),
    { value: 'root', label: t.root }, { value: 'anonymous', label: t.anonymous },
  ];
  const ready = question.principal && question.action && question.resource;
  return (
    <Form layout="vertical" onFinish={() => onAsk({
      ...question, context: question.context.filter(([key]) => key),
    })}>
      <Form.Item label={t.who} htmlFor="who">
        <AutoComplete id="who" value={question.principal} placeholder={t.whoHint} options={principals}
          showSearch={{ filterOption: contains }} onChange={(principal) => set({ principal })} />
      </Form.Item>
      <Form.Item label={t.action} htmlFor="action">
        <AutoComplete id="action" value={question.action} placeholder={t.actionHint}
          options={options(ALL_ACTIONS)} showSearch={{ filterOption: contains }}
          onChange={(action) => set({ action })} />
      </Form.Item>
      <Form.Item label={t.resource} htmlFor="resource">
        <AutoComplete id="resource" value={question.resource} options={options(resourcePatterns(buckets))}
          showSearch={{ filterOption: contains }} onChange={(resource) => set({ resource })}>
          <Input placeholder={t.resourceHint} spellCheck={false} className={styles.code} dir="ltr" />
        </AutoComplete>
      </Form.Item>
      <Form.Item label={t.context} extra={t.contextHint}>
        <Context value={question.context} onChange={(context) => set({ context })} />
      </Form.Item>
      <Button type="primary" htmlType="submit" disabled={!ready}>{t.ask}</Button>
    </Form>
  );
}

// The server's reason, in the page's language where it is one that is known.
function useWhy() {
  const t = useText(messages);
  return (verdict: Verdict) => {
    const { why } = verdict;
    const found = /^(allowed|denied) by statement (\d+) of the (?:bucket |session |trust )?policy ?(.*)$/.exec(why);
    if (found) {
      const policy = found[3] || (why.includes('bucket') ? t.resourcePolicy
        : why.includes('session') ? t.session : why.includes('trust') ? t.trust : t.identity);
      return (found[1] === 'allowed' ? t.whyAllowed : t.whyDenied)(Number(found[2]), policy);
    }
    if (why.startsWith('the root account may do everything')) return t.whyRoot;
    if (why.startsWith('no statement of the session policy')) return t.whySession;
    if (why.includes('trust policy')) return t.whyTrust;
    if (why.includes('PublicAccessBlock')) return t.whyBlocked;
    if (why === "allowed by the resource's access list") return t.whyAcl;
    if (why.startsWith('no statement of a policy')) return t.whyNothing;
    return why;
  };
}

function Look({ look, decides }: { look: StatementLook; decides: boolean }) {
  const t = useText(messages);
  const results: Record<string, string> = {
    applies: t.applies, 'another action': t.otherAction, 'another resource': t.otherResource,
    'another principal': t.otherPrincipal, 'a condition does not hold': t.noCondition,
  };
  return (
    <li className={own.look} style={{ fontWeight: decides ? 600 : undefined }}>
      <Tag color={look.effect === 'Allow' ? 'green' : 'red'}>
        {look.effect === 'Allow' ? t.allow : t.deny}
      </Tag>
      <span className={styles.any}>
        {t.statement(look.statement + 1)}{look.sid && <>{' “'}<bdi>{look.sid}</bdi>{'”'}</>}{': '}
        {results[look.result] ?? look.result}
        {look.condition && <>{': '}<code>{look.condition}</code></>}
      </span>
    </li>
  );
}

function Step({ step }: { step: PolicyStep }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const kinds: Record<string, string> = {
    AccountLevelIdentityBasedPolicy: t.identity, ResourceBasedPolicy: t.resourcePolicy,
    SessionPolicy: t.session, AssumeRolePolicy: t.trust,
  };
  const from: Record<string, string> = { RamUser: t.viaUser, RamGroup: t.viaGroup, RamRole: t.viaRole };
  const known = useQuery({
    queryKey: ['people', 'policies'], queryFn: ({ signal }) => ram.listPolicies({ signal }), retry: false,
  });
  const isOwn = step.type === 'AccountLevelIdentityBasedPolicy' && step.policy;
  const type = known.data?.find((one) => one.PolicyName === step.policy)?.PolicyType ?? 'Custom';
  const at = step.statement === undefined ? '' : `?statement=${step.statement + 1}`;
  const says = { allows: t.allows, denies: t.denies, nothing: t.silent }[step.says];
  const color = { allows: 'success', denies: 'error', nothing: 'default' }[step.says];
  return (
    <li className={own.step} style={{ borderColor: token.colorBorderSecondary }}>
      <div className={styles.row}>
        <span>{kinds[step.type] ?? step.type}</span>
        {isOwn ? (
          <Link className={styles.any} to={policyPath(type, step.policy) + at}>
            {step.policy}
          </Link>
        ) : step.policy && <code className={styles.any}>{step.policy}</code>}
        <Tag color={color}>{says}</Tag>
        {step.attachedTo && (
          <Typography.Text type="secondary">{t.via(from[step.attachedTo] ?? step.attachedTo)}</Typography.Text>
        )}
      </div>
      <ul className={own.looks}>
        {step.statements.map((look) => (
          <Look key={look.statement} look={look}
            decides={step.says !== 'nothing' && look.statement === step.statement} />
        ))}
      </ul>
    </li>
  );
}

function Answer({ verdict }: { verdict: Verdict }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const why = useWhy();
  const { allowed } = verdict;
  const background = allowed ? token.colorSuccessBg : token.colorErrorBg;
  return (
    <div className={styles.stack} role="region" aria-live="polite" aria-label={allowed ? t.allowed : t.denied}>
      <div className={own.verdict} style={{ background, borderColor: allowed ? token.colorSuccessBorder : token.colorErrorBorder }}>
        <span className={own.icon} style={{ color: allowed ? token.colorSuccess : token.colorError }}>
          {allowed ? <CheckCircleFilled aria-hidden /> : <CloseCircleFilled aria-hidden />}
        </span>
        <div className={styles.any}>
          <div className={`${own.word} ${allowed ? own.good : own.bad}`}>{allowed ? t.allowed : t.denied}</div>
          <div>{why(verdict)}</div>
          <div className={own.asked}>
            <code>{verdict.principal}</code>{' · '}<code>{verdict.action}</code>{' · '}
            <code>{verdict.resource}</code>
          </div>
        </div>
      </div>
      <Card size="small" title={<h2 className={styles.h2}>{t.looked}</h2>}>
        {verdict.policies.length === 0 && <div>{t.nothing}</div>}
        <ul className={styles.list} style={{ display: 'block' }}>
          {verdict.policies.map((step, i) => <Step key={i} step={step} />)}
        </ul>
        {verdict.grantedByAccessList && <div>{t.acl}</div>}
        {verdict.publicAccessBlock && <div>{t.pab}</div>}
      </Card>
    </div>
  );
}

export default function Simulator() {
  const t = useText(messages);
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const asked = questionOf(parameters);
  const key = parameters.toString();
  const whole = asked.principal && asked.action && asked.resource;
  const query = useQuery({
    queryKey: ['people', 'simulation', key], enabled: Boolean(whole), retry: false,
    queryFn: ({ signal }) => simulate(asked, { signal }),
  });
  return (
    <div className={own.both}>
      <Card title={<h2 className={styles.h2}>{t.question}</h2>}>
        <QuestionForm key={key} asked={asked} onAsk={(question) => {
          const path = simulatorPath(question);
          if (path.endsWith(`?${key}`)) void query.refetch();
          else navigate(path);
        }} />
      </Card>
      <div>
        {query.error && <Failure error={query.error} />}
        {query.isLoading && <Spin aria-label={t.asked} className={styles.spin} />}
        {query.data && <Answer verdict={query.data} />}
      </div>
    </div>
  );
}
