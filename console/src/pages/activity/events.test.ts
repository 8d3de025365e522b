import { expect, it } from 'vitest';
import type { TrailEvent } from '../../api/trail';
import { isOwnRead, merged, principalOf, questionsOf } from './events';

const event = (type: string, userName: string): TrailEvent => ({
  eventId: '1', eventName: 'GetObject', eventRW: 'Read', eventCategory: 'Data',
  eventTime: '2026-11-22T08:30:01Z', eventSource: '', serviceName: 'Oss', sourceIpAddress: '10.0.0.1',
  userAgent: '', requestId: '1', recipientAccountId: '1', requestParameters: {},
  userIdentity: { type, userName, accessKeyId: 'LTAI' },
  additionalEventData: { Scheme: 'http', Authorizations: [{ Action: 'oss:GetObject', Resource: 'acs:oss:*:1:b/k' }] },
});

it('is asked of the simulator as it was asked', () => {
  expect(questionsOf(event('ram-user', 'ann'))).toEqual([{
    principal: 'user/ann', action: 'oss:GetObject', resource: 'acs:oss:*:1:b/k',
    context: [['acs:SourceIp', '10.0.0.1'], ['acs:SecureTransport', 'false'],
      ['acs:CurrentTime', '2026-11-22T08:30:01Z'], ['acs:AccessId', 'LTAI']],
  }]);
  expect(principalOf(event('assumed-role', 'reader:me'))).toBe('role/reader');
  expect(questionsOf(event('api-key', 'key-1'))).toEqual([]);
});

it('is there once', () => {
  const one = event('ram-user', 'ann');
  expect(merged([one], [one, { ...one, eventId: '0' }]).map(({ eventId }) => eventId)).toEqual(['1', '0']);
});

it('is this console\'s own read only where everything says so', () => {
  const me = { accountId: '1', kind: 'role', name: 'reader/me', arn: '' } as const;
  const mine = { ...event('assumed-role', 'reader:me'), userAgent: 'Browser' };
  expect(isOwnRead(mine, me, 'Browser')).toBe(true);
  expect(isOwnRead(mine, me, 'Other')).toBe(false);
  expect(isOwnRead(mine, undefined, 'Browser')).toBe(false);
  expect(isOwnRead({ ...mine, errorCode: 'AccessDenied' }, me, 'Browser')).toBe(false);
  expect(isOwnRead({ ...mine, eventRW: 'Write' }, me, 'Browser')).toBe(false);
  expect(isOwnRead({ ...event('assumed-role', 'reader:other'), userAgent: 'Browser' }, me, 'Browser')).toBe(false);
});
