// A role's trust policy for its form, and back: one statement that lets some assume it.
import { formatJson, isFault, parseJson } from '../policies/jsonText';

export interface Trust {
  RAM: string[];
  Service: string[];
  Federated: string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const KINDS = ['RAM', 'Service', 'Federated'] as const;

// Undefined where the form could not show all that the text says.
export function trustOf(text: string): Trust | undefined {
  const parsed = parseJson(text);
  if (isFault(parsed) || !isObject(parsed.value)) return undefined;
  const { Version, Statement, ...rest } = parsed.value;
  const list = Array.isArray(Statement) ? Statement : [Statement];
  const [one] = list as unknown[];
  if (Version !== '1' || Object.keys(rest).length > 0 || list.length !== 1 || !isObject(one)) return undefined;
  const { Effect, Action, Principal, ...more } = one;
  const action = Array.isArray(Action) && Action.length === 1 ? (Action[0] as unknown) : Action;
  if (Effect !== 'Allow' || action !== 'sts:AssumeRole' || Object.keys(more).length > 0) return undefined;
  if (!isObject(Principal) || Object.keys(Principal).some((kind) => !KINDS.includes(kind as 'RAM'))) {
    return undefined;
  }
  const trust: Trust = { RAM: [], Service: [], Federated: [] };
  for (const kind of KINDS) {
    const names = Principal[kind] === undefined ? [] : [Principal[kind]].flat();
    if (!names.every((name) => typeof name === 'string')) return undefined;
    trust[kind] = names as string[];
  }
  return trust;
}

export function trustText(trust: Trust): string {
  const Principal = Object.fromEntries(KINDS.filter((kind) => trust[kind].length > 0)
    .map((kind) => [kind, trust[kind]]));
  const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal };
  return formatJson({ Version: '1', Statement: [statement] });
}
