// Events as the page needs them.
import type { Identity } from '../../api/session';
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

const KINDS = { root: 'root-account', user: 'ram-user', role: 'assumed-role' } as const;

// What pages of this console read for who looks at them, in this browser. A refused one is no matter of
// course, and is not among them.
export function isOwnRead(event: TrailEvent, me: Identity | undefined, userAgent: string): boolean {
  const { type, userName } = event.userIdentity;
  return event.eventRW === 'Read' && !event.errorCode && event.userAgent === userAgent &&
    me !== undefined && type === KINDS[me.kind] &&
    (me.kind === 'root' || userName === me.name.replace('/', ':'));
}

// New ones before those that are there, each once.
export function merged(newer: TrailEvent[], older: TrailEvent[]): TrailEvent[] {
  const seen = new Set(newer.map((event) => event.eventId));
  return [...newer, ...older.filter((event) => !seen.has(event.eventId))];
}
