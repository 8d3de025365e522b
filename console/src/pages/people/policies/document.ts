// A policy's document for the visual editor, and back. It checks only what it must to show it; whether
// a document is right, the server says.
import { formatJson, isFault, parseJson } from './jsonText';

export interface Condition {
  operator: string;
  key: string;
  values: string[];
}
export interface Statement {
  sid: string;
  effect: 'Allow' | 'Deny';
  notAction: boolean;
  actions: string[];
  notResource: boolean;
  resources: string[];
  conditions: Condition[];
}

const ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// A list of one may be written without the list.
function listOf(value: unknown): string[] | undefined {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  const plain = list.every((one) => ['string', 'number', 'boolean'].includes(typeof one));
  return plain ? list.map(String) : undefined;
}

function conditionsOf(value: unknown): Condition[] | undefined {
  if (value === undefined) return [];
  if (!isObject(value)) return undefined;
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys)) return undefined;
    for (const [key, written] of Object.entries(keys)) {
      const values = listOf(written);
      if (!values) return undefined;
      conditions.push({ operator, key, values });
    }
  }
  return conditions;
}

function statementOf(value: unknown): Statement | undefined {
  if (!isObject(value)) return undefined;
  const both = (name: string) => `Not${name}` in value && name in value;
  if (Object.keys(value).some((name) => !ELEMENTS.has(name)) || both('Action') || both('Resource')) {
    return undefined;
  }
  const actions = listOf(value.Action ?? value.NotAction);
  const resources = listOf(value.Resource ?? value.NotResource);
  const conditions = conditionsOf(value.Condition);
  const { Effect: effect = 'Allow', Sid: sid = '' } = value;
  if (!actions || !resources || !conditions || typeof sid !== 'string') return undefined;
  if (effect !== 'Allow' && effect !== 'Deny') return undefined;
  return {
    sid, effect, actions, resources, conditions,
    notAction: 'NotAction' in value, notResource: 'NotResource' in value,
  };
}

// Undefined where the visual editor could not show all that the text says.
export function statementsOf(text: string): Statement[] | undefined {
  const parsed = parseJson(text);
  if (isFault(parsed) || !isObject(parsed.value)) return undefined;
  const { Version, Statement: written, ...rest } = parsed.value;
  if (Version !== '1' || Object.keys(rest).length > 0 || written === undefined) return undefined;
  const statements = (Array.isArray(written) ? written : [written]).map(statementOf);
  return statements.includes(undefined) ? undefined : (statements as Statement[]);
}

function conditionOf(conditions: Condition[]): Record<string, Record<string, string[]>> {
  const out: Record<string, Record<string, string[]>> = {};
  for (const { operator, key, values } of conditions) {
    const keys = (out[operator] ??= {});
    keys[key] = [...(keys[key] ?? []), ...values];
  }
  return out;
}

export function textOf(statements: Statement[]): string {
  const written = statements.map((one) => ({
    ...(one.sid && { Sid: one.sid }),
    Effect: one.effect,
    [one.notAction ? 'NotAction' : 'Action']: one.actions,
    [one.notResource ? 'NotResource' : 'Resource']: one.resources,
    ...(one.conditions.length > 0 && { Condition: conditionOf(one.conditions) }),
  }));
  return formatJson({ Version: '1', Statement: written });
}

export const newStatement = (): Statement => ({
  sid: '', effect: 'Allow', notAction: false, actions: [], notResource: false, resources: [],
  conditions: [],
});

// As people read it, or as it is where it is no JSON.
export function pretty(text: string): string {
  const parsed = parseJson(text);
  return isFault(parsed) ? text : formatJson(parsed.value);
}

// What somebody needs who reads the objects below a prefix, and no more. GetObject is asked for HEAD,
// too. Listing is tied to the prefix by a condition, since its resource is the bucket.
export function readPolicy(bucket: string, prefix: string, seesBuckets: boolean): string {
  const below = (name: string) => `acs:oss:*:*:${name}`;
  const statements: Statement[] = [
    { ...newStatement(), actions: ['oss:GetObject'], resources: [below(`${bucket}/${prefix}*`)] },
    {
      ...newStatement(), actions: ['oss:ListObjects'], resources: [below(bucket)],
      conditions: prefix
        ? [{ operator: 'StringLike', key: 'oss:Prefix', values: [`${prefix}*`] }] : [],
    },
  ];
  if (seesBuckets) {
    statements.push({ ...newStatement(), actions: ['oss:ListBuckets'], resources: [below('*')] });
  }
  return textOf(statements);
}
