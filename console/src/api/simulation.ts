// What a policy would decide: docs/identity.md, "Asking beforehand".
import { type Options, ossRequest } from './http';

export interface Question {
  principal: string; // "user/ann", "role/reader", "root", "anonymous", or an ARN
  action: string;
  resource: string;
  context: [key: string, value: string][];
}

export interface StatementLook {
  statement: number; // from 0 on
  effect: 'Allow' | 'Deny';
  sid?: string;
  result: string; // "applies", "another action", "another resource", "a condition does not hold"…
  condition?: string;
}
export interface PolicyStep {
  type: string;
  policy: string;
  attachedTo?: string;
  says: 'allows' | 'denies' | 'nothing';
  statement?: number;
  statements: StatementLook[];
}
export interface Verdict {
  principal: string;
  action: string;
  resource: string;
  context: { ConditionKey: string; ConditionValues: string[] }[];
  allowed: boolean;
  why: string;
  policies: PolicyStep[];
  grantedByAccessList?: boolean;
  publicAccessBlock?: boolean;
}

export async function simulate(question: Question, options: Options = {}): Promise<Verdict> {
  const { principal, action, resource, context } = question;
  const query = { principal, action, resource, context: context.map((pair) => pair.join('=')) };
  const response = await ossRequest({
    method: 'GET', bucket: '_lakeside', key: 'policy/simulation', query,
    headers: { accept: 'application/json' },
  }, undefined, options);
  return (await response.json()) as Verdict;
}

// The same question as an address of this page.
export function simulatorPath(question: Partial<Question>): string {
  const query = new URLSearchParams();
  for (const name of ['principal', 'action', 'resource'] as const) {
    const value = question[name];
    if (value) query.set(name, value);
  }
  for (const [key, value] of question.context ?? []) query.append('context', `${key}=${value}`);
  return `/people/simulator?${query.toString()}`;
}
