import { expect, it } from 'vitest';
import type { TrailEvent } from '../../api/trail';
import { merged, principalOf, questionsOf } from './events';

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
