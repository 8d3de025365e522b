import { Alert, Form, Select } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../../api/errors';
import { ram } from '../../../api/ram';
import { useText } from '../../../app/text';
import { useSession } from '../../../app/useSession';
import { JsonEditor } from '../policies/JsonEditor';
import { faultOf, isFault, parseJson } from '../policies/jsonText';
import { text as policyMessages } from '../policies/messages';
import { useUsers } from '../users/Users';
import styles from '../parts/people.module.css';
import { text as messages } from './messages';
import { type Trust, trustOf, trustText } from './trust';

interface Props {
  value: string;
  onChange: (text: string) => void;
  error?: unknown; // of the server, about `refused`
  refused?: string;
}

export function TrustEditor({ value, onChange, error, refused }: Props) {
  const t = useText(messages);
  const p = useText(policyMessages);
  const account = useSession()?.identity.accountId ?? '';
  const users = useUsers();
  const roles = useQuery({ queryKey: ['people', 'roles'], queryFn: ({ signal }) => ram.listRoles({ signal }) });
  const trust = trustOf(value);
  const parsed = parseJson(value);
  const malformed = error instanceof ApiError && /MalformedPolicy/.test(error.code) && refused === value;
  const fault = isFault(parsed) ? parsed : malformed ? faultOf(error.message, value) : undefined;
  const set = (change: Partial<Trust>) => onChange(trustText({ ...trust!, ...change }));
  const principals = [
    { value: `acs:ram::${account}:root`, label: t.everybody(account) },
    ...(users.data ?? []).map(({ UserName: name }) => ({
      value: `acs:ram::${account}:user/${name}`, label: `${p.user} ${name}`,
    })),
    ...(roles.data ?? []).map(({ RoleName: name }) => ({
      value: `acs:ram::${account}:role/${name}`, label: `${p.role} ${name}`,
    })),
  ];
  const tags = (kind: keyof Trust, label: string, hint: string, options: { value: string; label: string }[] = []) => (
    <Form.Item label={label} layout="vertical">
      <Select mode="tags" aria-label={label} placeholder={hint} value={trust![kind]} options={options}
        onChange={(names: string[]) => set({ [kind]: names })} />
    </Form.Item>
  );
  return (
    <div className={styles.two}>
      {trust ? (
        <div>
          {tags('RAM', t.users, t.usersHint, principals)}
          {tags('Service', t.services, t.servicesHint)}
          {tags('Federated', t.providers, t.providersHint)}
        </div>
      ) : <Alert type="info" showIcon title={p.textOnly} description={p.textOnlyWhy} />}
      <JsonEditor label={t.trustDocument} value={value} onChange={onChange} fault={fault} />
    </div>
  );
}
