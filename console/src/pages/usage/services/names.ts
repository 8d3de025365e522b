// How figures and what they are about are written.
import { useQuery } from '@tanstack/react-query';
import { ram } from '../../../api/ram';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { useSession } from '../../../app/useSession';
import { text } from '../messages';
import { NONE } from '../parts';
import { type Group, isBytes, type Metric, type Row } from './figures';

const SERVICES: Record<string, string> = {
  oss: 'Object Storage', ram: 'RAM', sts: 'STS', ims: 'IMS', kms: 'KMS', cms: 'CloudMonitor', actiontrail: 'ActionTrail',
  modelstudio: 'Model Studio', lakeside: 'Lakeside',
};

// Users and roles by their ids, for who may list them; the others read the ids.
function useCallerNames(enabled: boolean): Map<string, string> {
  const t = useText(text);
  const account = useSession()?.identity.accountId ?? '';
  const often = { enabled, retry: false, staleTime: 60_000 };
  const users = useQuery({
    ...often, queryKey: ['people', 'users'], queryFn: ({ signal }) => ram.listUsers({ signal }),
  });
  const roles = useQuery({
    ...often, queryKey: ['people', 'roles'], queryFn: ({ signal }) => ram.listRoles({ signal }),
  });
  return new Map([
    [account, t.rootAccount],
    ...(users.data ?? []).map(({ UserId, UserName }) => [UserId, UserName] as const),
    ...(roles.data ?? []).map(({ RoleId, RoleName }) => [RoleId, t.roleNamed(RoleName)] as const),
  ]);
}

// What a row is called in a group.
export function useGroupNames(group: Group) {
  const t = useText(text);
  const callers = useCallerNames(group === 'user');
  return (row: Row): string => {
    if (group === 'service') return SERVICES[row.service] ?? row.service;
    if (group === 'bucket') return row.bucket || t.noBucket;
    if (group === 'key') return row.key || t.nobody;
    // Before callers were told apart, there was the key alone.
    return row.caller ? callers.get(row.caller) ?? row.caller : row.key ? t.unknownUser : t.nobody;
  };
}

export function useShown() {
  const { number, bytes } = useFormat();
  return (metric: Metric, value: number | undefined) =>
    (value === undefined ? NONE : isBytes(metric) ? bytes(value) : number(value));
}
