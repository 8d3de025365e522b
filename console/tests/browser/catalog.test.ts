// What the policy editor suggests is what the server asks policies for.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALL_ACTIONS, SERVICES } from '../../src/pages/people/policies/catalog';

interface Operation {
  service: string;
  permission: string;
  implemented: boolean;
}

it('suggests the actions that there are', () => {
  const binary = process.env.LAKESIDE_BIN ?? join(__dirname, '../../../build/release/lakeside');
  const operations =
    JSON.parse(execFileSync(binary, ['operations', '--json'], { encoding: 'utf8' })) as Operation[];
  // Models are called with keys of their own, and anybody may ask who they are. Of RAM what is seldom
  // given alone (providers, applications) is typed.
  const governed = operations.filter(({ service, permission, implemented }) => implemented &&
    service !== 'modelstudio' && SERVICES.includes(permission.split(':')[0]!) &&
    !/^ram:|^sts:(GetCallerIdentity|AssumeRoleWithOIDC)$/.test(permission));
  const missing = governed.filter(({ permission }) => !ALL_ACTIONS.includes(permission));
  expect(missing.map(({ permission }) => permission)).toEqual([]);
  const known = new Set(operations.map(({ permission }) => permission));
  expect(ALL_ACTIONS.filter((action) => !known.has(action))).toEqual([]);
});
