// Events as the page needs them.
import type { Question } from '../../api/simulation';
import type { TrailEvent } from '../../api/trail';

export const isDenied = (event: TrailEvent) =>
  /^(NoPermission|AccessDenied|Forbidden)/.test(event.errorCode ?? '');

// "user/ann", as the simulator names who called; undefined for those it does not know.
export function principalOf({ userIdentity: who }: TrailEvent): string | undefined {
  switch (who.type) {
    case 'root-account':
      return 'root';
    case 'ram-user':
      return `user/${who.userName}`;
    case 'assumed-role':
      return `role/${who.userName.split(':')[0]}`;
    case 'anonymous':
      return 'anonymous';
    default:
      return undefined;
  }
}

// The same questions again, one for each thing that policies were asked.
export function questionsOf(event: TrailEvent): Question[] {
  const principal = principalOf(event);
  if (!principal) return [];
  const { Scheme: scheme, Authorizations: asked = [] } = event.additionalEventData ?? {};
  const context: Question['context'] = [
    ['acs:SourceIp', event.sourceIpAddress.replace(/^\[|\]?:\d+$/g, '')],
    ['acs:SecureTransport', scheme === 'https' ? 'true' : 'false'],
    ['acs:CurrentTime', event.eventTime],
  ];
  const { accessKeyId } = event.userIdentity;
  if (accessKeyId) context.push(['acs:AccessId', accessKeyId]);
  return asked.map(({ Action: action, Resource: resource }) => ({ principal, action, resource, context }));
}

// New ones before those that are there, each once.
export function merged(newer: TrailEvent[], older: TrailEvent[]): TrailEvent[] {
  const seen = new Set(newer.map((event) => event.eventId));
  return [...newer, ...older.filter((event) => !seen.has(event.eventId))];
}
