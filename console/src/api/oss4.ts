// OSS's signature, version 4: in headers, or in the query of a link.
// https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
import type { Credential } from './credential';
import { compactTime, encodeKey, hex, percentEncode } from './encode';
import { type HmacKey, hmacKey, sha256 } from './hmac';

const SCHEME = 'OSS4-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';

// A parameter without a value is written as its name alone; one with several comes several times.
export type Query = Record<string, string | string[] | undefined>;

export interface OssRequest {
  method: string;
  bucket?: string;
  key?: string;
  query?: Query;
  headers?: Record<string, string>; // names in lower case
}

// What is the same for all requests of a session and a day.
const signingKeys = new WeakMap<Credential, { scope: string; key: Promise<HmacKey> }>();

async function deriveKey(credential: Credential, parts: string[]): Promise<HmacKey> {
  let key = credential.oss4;
  for (const part of parts) key = await hmacKey(await key.sign(part));
  return key;
}

function signingKey(credential: Credential, scope: string): Promise<HmacKey> {
  const known = signingKeys.get(credential);
  if (known?.scope === scope) return known.key;
  const key = deriveKey(credential, scope.split('/'));
  signingKeys.set(credential, { scope, key });
  return key;
}

export function canonicalQuery(query: Query): string {
  return Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((one) => [name, one ?? ''] as const))
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
}

// The path in path style; what is signed names the bucket with a slash behind it.
function paths({ bucket, key }: OssRequest): { wire: string; signed: string } {
  if (!bucket) return { wire: '/', signed: '/' };
  if (!key) return { wire: `/${bucket}`, signed: `/${bucket}/` };
  const path = `/${bucket}/${encodeKey(key)}`;
  return { wire: path, signed: path };
}

const isSigned = (name: string) =>
  name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-');

async function signature(
  credential: Credential, scope: string, time: string, request: OssRequest, query: Query,
  headers: Record<string, string>,
): Promise<string> {
  const lines = Object.entries(headers)
    .filter(([name]) => isSigned(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
    .join('');
  const canonical = [
    request.method, paths(request).signed, canonicalQuery(query), lines, '', UNSIGNED,
  ].join('\n');
  const toSign = [SCHEME, time, scope, hex(await sha256(canonical))].join('\n');
  return hex(await (await signingKey(credential, scope)).sign(toSign));
}

const scopeOf = (time: string, region: string) =>
  `${time.slice(0, 8)}/${region}/oss/aliyun_v4_request`;

export interface Signed {
  path: string; // with its query
  headers: Record<string, string>;
}

export async function signOss(
  credential: Credential, region: string, now: Date, request: OssRequest,
): Promise<Signed> {
  const time = compactTime(now);
  const scope = scopeOf(time, region);
  const headers: Record<string, string> = {
    ...request.headers,
    'x-oss-date': time,
    'x-oss-content-sha256': UNSIGNED,
  };
  if (credential.securityToken) headers['x-oss-security-token'] = credential.securityToken;
  const query = request.query ?? {};
  const sum = await signature(credential, scope, time, request, query, headers);
  headers.authorization = `${SCHEME} Credential=${credential.accessKeyId}/${scope},Signature=${sum}`;
  const text = canonicalQuery(query);
  return { path: paths(request).wire + (text && `?${text}`), headers };
}

// A link that works without a key, for `seconds`. Whoever opens it must send exactly `headers`.
export async function presignOss(
  credential: Credential, region: string, now: Date, request: OssRequest, seconds: number,
): Promise<string> {
  const time = compactTime(now);
  const scope = scopeOf(time, region);
  const query: Query = {
    ...request.query,
    'x-oss-signature-version': SCHEME,
    'x-oss-credential': `${credential.accessKeyId}/${scope}`,
    'x-oss-date': time,
    'x-oss-expires': String(Math.floor(seconds)),
  };
  if (credential.securityToken) query['x-oss-security-token'] = credential.securityToken;
  const sum = await signature(credential, scope, time, request, query, request.headers ?? {});
  return `${paths(request).wire}?${canonicalQuery({ ...query, 'x-oss-signature': sum })}`;
}
