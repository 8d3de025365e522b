// ActionTrail (2020-07-06): what was called, by whom, and how it ended.
import { type Options, rpc } from './http';

const TRAIL = { name: 'actiontrail', version: '2020-07-06' };

export interface TrailEvent {
  eventId: string;
  eventName: string;
  eventRW: 'Read' | 'Write';
  eventCategory: 'Management' | 'Data';
  eventTime: string;
  eventSource: string;
  serviceName: string;
  sourceIpAddress: string;
  userAgent: string;
  requestId: string;
  recipientAccountId: string;
  errorCode?: string;
  errorMessage?: string;
  resourceType?: string;
  resourceName?: string;
  requestParameters: Record<string, string>;
  userIdentity: {
    type: string; principalId?: string; accountId?: string; accessKeyId?: string; userName: string;
  };
  additionalEventData?: { Scheme?: string; Authorizations?: { Action: string; Resource: string }[] };
}

export interface EventFilter {
  attributes: Partial<Record<
    'EventId' | 'EventName' | 'ServiceName' | 'User' | 'EventRW' | 'ResourceName' | 'EventAccessKeyId', string>>;
  start?: Date;
  end?: Date;
}

const seconds = (time: Date) => time.toISOString().replace(/\.\d{3}/, '');

export async function lookupEvents(
  filter: EventFilter, token?: string, options: Options = {},
): Promise<{ events: TrailEvent[]; next?: string }> {
  const parameters: Record<string, string | number | undefined> = {
    MaxResults: 50, NextToken: token,
    StartTime: filter.start && seconds(filter.start), EndTime: filter.end && seconds(filter.end),
  };
  const given = Object.entries(filter.attributes).filter(([, value]) => value);
  given.forEach(([key, value], i) => {
    parameters[`LookupAttribute.${i + 1}.Key`] = key;
    parameters[`LookupAttribute.${i + 1}.Value`] = value;
  });
  const answer = await rpc<{ Events: TrailEvent[]; NextToken?: string }>(
    TRAIL, 'LookupEvents', parameters, options);
  return { events: answer.Events, next: answer.NextToken };
}
