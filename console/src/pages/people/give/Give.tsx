import { Alert, AutoComplete, Button, Card, Checkbox, Form, Input, Result, Segmented, Select, Steps } from 'antd';
import { useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { server } from '../../../api/http';
import { useText } from '../../../app/text';
import { Command } from '../../../components/Command';
import { Failure } from '../../../components/Failure';
import { placeOf } from '../../objects/names';
import { Back } from '../parts/Back';
import { SecretFields } from '../parts/Secret';
import { useChange } from '../parts/useChange';
import { readPolicy } from '../policies/document';
import { JsonEditor } from '../policies/JsonEditor';
import { text as policyMessages } from '../policies/messages';
import { useBucketNames } from '../policies/PolicyEditor';
import { text as common } from '../messages';
import { text as userMessages } from '../users/messages';
import { userPath, useUsers } from '../users/Users';
import styles from '../parts/people.module.css';
import { give, type Grant, type Granted, policyName } from './grant';
import { text as messages } from './messages';

type Set = (change: Partial<Grant>) => void;

function What({ grant, set, onNext }: { grant: Grant; set: Set; onNext: () => void }) {
  const t = useText(messages);
  const buckets = useBucketNames();
  return (
    <Form layout="vertical" onFinish={onNext}>
      <Form.Item label={t.bucket} htmlFor="bucket">
        <AutoComplete id="bucket" autoFocus value={grant.bucket} placeholder={t.bucketHint}
          options={buckets.map((value) => ({ value }))}
          showSearch={{ filterOption: (input, option) => option?.value.includes(input) ?? false }}
          onChange={(bucket) => set({ bucket: bucket.trim() })} />
      </Form.Item>
      <Form.Item label={t.prefix} htmlFor="prefix" extra={t.prefixHint}>
        <Input id="prefix" value={grant.prefix} spellCheck={false} dir="auto"
          onChange={(event) => set({ prefix: event.target.value.replace(/^\/+/, '') })} />
      </Form.Item>
      {/[*?]/.test(grant.prefix) && <Form.Item><Alert type="warning" showIcon title={t.prefixWild} /></Form.Item>}
      <Form.Item extra={t.seesBucketsHint}>
        <Checkbox checked={grant.seesBuckets} onChange={(event) => set({ seesBuckets: event.target.checked })}>
          {t.seesBuckets}
        </Checkbox>
      </Form.Item>
      <Button type="primary" htmlType="submit" disabled={!grant.bucket}>{t.next}</Button>
    </Form>
  );
}

function Who({ grant, set, onNext, onBack }: {
  grant: Grant; set: Set; onNext: () => void; onBack: () => void;
}) {
  const t = useText(messages);
  const c = useText(common);
  const users = useUsers();
  return (
    <Form layout="vertical" onFinish={onNext}>
      <Form.Item>
        <Segmented aria-label={t.who} value={grant.isNew} options={[
          { value: true, label: t.newUser }, { value: false, label: t.existing },
        ]} onChange={(isNew) => set({ isNew, user: '', withKey: isNew })} />
      </Form.Item>
      {grant.isNew ? (
        <>
          <Form.Item label={t.userName} htmlFor="user" extra={c.nameRule}>
            <Input id="user" autoFocus value={grant.user} spellCheck={false} autoComplete="off"
              onChange={(event) => set({ user: event.target.value.trim() })} />
          </Form.Item>
          <Form.Item label={t.displayName} htmlFor="shown">
            <Input id="shown" value={grant.displayName} dir="auto"
              onChange={(event) => set({ displayName: event.target.value })} />
          </Form.Item>
        </>
      ) : (
        <Form.Item label={t.chooseUser} htmlFor="user">
          <Select id="user" showSearch aria-label={t.chooseUser} value={grant.user || undefined}
            placeholder={t.chooseUser} onChange={(user) => set({ user })}
            options={(users.data ?? []).map((user) => ({
              value: user.UserName,
              label: !user.DisplayName || user.DisplayName === user.UserName
                ? user.UserName : `${user.UserName} · ${user.DisplayName}`,
            }))} />
        </Form.Item>
      )}
      <Form.Item>
        <Checkbox checked={grant.withKey} onChange={(event) => set({ withKey: event.target.checked })}>
          {t.withKey}
        </Checkbox>
      </Form.Item>
      <div className={styles.row}>
        <Button onClick={onBack}>{t.back}</Button>
        <Button type="primary" htmlType="submit" disabled={!grant.user}>{t.next}</Button>
      </div>
    </Form>
  );
}

function Check({ grant, onDone, onBack }: {
  grant: Grant; onDone: (granted: Granted) => void; onBack: () => void;
}) {
  const t = useText(messages);
  const p = useText(policyMessages);
  const made = useRef(new Set<string>());
  const description = t.policyFor(t.gaveBelow(grant.bucket, grant.prefix));
  const change = useChange(() => give({ ...grant, description }, made.current), { onDone });
  return (
    <div className={styles.stack}>
      <div>
        <strong>{t.whatHappens}</strong>
        <ol style={{ margin: '8px 0 0', paddingInlineStart: 24, lineHeight: 1.9 }}>
          {grant.isNew && <li>{t.makesUser(grant.user)}</li>}
          <li className={styles.any}>{t.makesPolicy(policyName(grant))}</li>
          <li>{t.attaches(grant.user)}</li>
          {grant.withKey && <li>{t.makesKey}</li>}
        </ol>
      </div>
      <JsonEditor label={p.document} value={readPolicy(grant.bucket, grant.prefix, grant.seesBuckets)} />
      {change.error && <Failure error={change.error} />}
      <div className={styles.row}>
        <Button onClick={onBack} disabled={change.isPending}>{t.back}</Button>
        <Button type="primary" loading={change.isPending} onClick={() => change.mutate(undefined)}>{t.give}</Button>
      </div>
    </div>
  );
}

function Done({ grant, granted, onAgain }: { grant: Grant; granted: Granted; onAgain: () => void }) {
  const t = useText(messages);
  const u = useText(userMessages);
  const navigate = useNavigate();
  const where = t.gaveBelow(grant.bucket, grant.prefix);
  // With the folder in the name, because the policy allows to list nothing above it.
  const command = `ossutil ls "${where.replace(/["\\$`]/g, '\\$&')}" -e ${server.origin} ` +
    `--region ${server.region} --addressing-style path` +
    (granted.key ? ` -i ${granted.key.AccessKeyId} -k '${granted.key.AccessKeySecret}'` : '');
  return (
    <div className={styles.stack}>
      <Result status="success" title={t.gave(grant.user)} style={{ padding: '8px 0' }}
        subTitle={<code className={styles.any}>{where}</code>} />
      {granted.key && <SecretFields name={grant.user} fields={[
        { label: u.userName, value: grant.user },
        { label: u.key, value: granted.key.AccessKeyId },
        { label: u.secret, value: granted.key.AccessKeySecret },
      ]} />}
      <div className={styles.stack} style={{ gap: 8 }}>
        <strong>{t.how}</strong>
        <div>{t.inConsole}</div>
        <Command text={`${server.origin}/#${placeOf(grant.bucket, grant.prefix)}`} />
        <div>{t.withOssutil}</div>
        <Command text={command} />
      </div>
      <div className={styles.row}>
        <Button onClick={() => navigate(userPath(grant.user))}>{t.toUser}</Button>
        <Button onClick={onAgain}>{t.again}</Button>
      </div>
    </div>
  );
}

export default function Give() {
  const t = useText(messages);
  const [query] = useSearchParams();
  const start: Grant = {
    bucket: query.get('bucket') ?? '', prefix: query.get('prefix') ?? '', seesBuckets: false,
    user: '', displayName: '', isNew: true, withKey: true, description: '',
  };
  const [step, setStep] = useState(0);
  const [grant, setGrant] = useState(start);
  const [granted, setGranted] = useState<Granted>();
  const set: Set = (change) => setGrant({ ...grant, ...change });
  return (
    <div className={`${styles.stack} ${styles.narrow}`}>
      <Back to="/people/users" title={t.title} />
      <Steps current={step} size="small" responsive={false}
        items={[{ title: t.what }, { title: t.who }, { title: t.check }, { title: t.done }]} />
      <Card>
        {step === 0 && <What grant={grant} set={set} onNext={() => setStep(1)} />}
        {step === 1 && <Who grant={grant} set={set} onNext={() => setStep(2)} onBack={() => setStep(0)} />}
        {step === 2 && <Check grant={grant} onBack={() => setStep(1)} onDone={(result) => {
          setGranted(result);
          setStep(3);
        }} />}
        {step === 3 && granted && <Done grant={grant} granted={granted} onAgain={() => {
          setGrant({ ...start, bucket: '', prefix: '' });
          setStep(0);
        }} />}
      </Card>
    </div>
  );
}
