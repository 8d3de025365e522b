import { expect, it } from 'vitest';
import { diagnosticOf } from './diagnostic';

it('says what was asked and what denied it', () => {
  const message = {
    AuthResource: 'acs:oss:*:1:照片/1',
    AuthConditions: [{ ConditionKey: 'acs:SourceIp', ConditionValues: ['10.0.0.1'] }],
    MatchedPolicies: [{ PolicyIdentifier: 'no-photos', Statement: 1 }],
  };
  const encoded = Buffer.from(JSON.stringify(message)).toString('base64');
  expect(diagnosticOf(encoded)).toEqual({
    resource: 'acs:oss:*:1:照片/1', policy: 'no-photos', statement: 1,
    context: [['acs:SourceIp', '10.0.0.1']],
  });
});

it('says nothing where it cannot be read', () => {
  for (const bad of [undefined, '', '!', 'bnVsbA==', 'e30=']) expect(diagnosticOf(bad).policy).toBe('');
});
