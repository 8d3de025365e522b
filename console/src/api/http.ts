// One signed request and its answer. All clients send through here.
import { signAcs3 } from './acs3';
import { learnServerTime, serverNow } from './clock';
import { ApiError, readError } from './errors';
import { type OssRequest, presignOss, type Query, signOss } from './oss4';
import type { Credential } from './credential';
import { session } from './session';

// The development server leaves the places as they are.
function meta(name: string): string {
  if (typeof document === 'undefined') return '';
  const element = document.querySelector<HTMLMetaElement>(`meta[name="lakeside-${name}"]`);
  return element?.content.startsWith('__') ? '' : (element?.content ?? '');
}

// What the server wrote into the page.
export const server = {
  region: meta('region') || 'cn-hangzhou',
  version: meta('version'),
  get origin() {
    return location.origin;
  },
};

export interface Options {
  signal?: AbortSignal;
  credential?: Credential; // in place of the session's
}

type Sign = (credential: Credential) => Promise<{ path: string; headers: Record<string, string> }>;

async function send(
  method: string, path: string, headers: Record<string, string>, body: BodyInit | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method, headers, body, signal, credentials: 'omit', cache: 'no-store', redirect: 'error',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'NoAnswer', 'The server did not answer.');
  }
  if (response.ok) return response;
  const text = await response.text();
  const error = readError(response.status, response.headers.get('content-type') ?? '', text);
  const date = Date.parse(response.headers.get('date') ?? '');
  if (/RequestTimeTooSkewed|InvalidTimeStamp/.test(error.code) && date) learnServerTime(date);
  throw error;
}

// Signs and sends; once more where our clock was wrong, or after the session was renewed.
async function signedRequest(
  method: string, sign: Sign, body: BodyInit | undefined, options: Options,
): Promise<Response> {
  for (let attempt = 0; ; ++attempt) {
    const credential = options.credential ?? (await session.credential());
    const { path, headers } = await sign(credential);
    try {
      return await send(method, path, headers, body, options.signal);
    } catch (error) {
      if (attempt > 0 || !(error instanceof ApiError)) throw error;
      if (error.expired && !options.credential) await session.refused(credential);
      else if (!/RequestTimeTooSkewed|InvalidTimeStamp/.test(error.code)) throw error;
    }
  }
}

export function ossRequest(
  request: OssRequest, body?: BodyInit, options: Options = {},
): Promise<Response> {
  const sign: Sign = (credential) => signOss(credential, server.region, serverNow(), request);
  return signedRequest(request.method, sign, body, options);
}

// What an XMLHttpRequest sends, for uploads that show their progress.
export async function signedUpload(request: OssRequest) {
  const credential = await session.credential();
  return { credential, ...(await signOss(credential, server.region, serverNow(), request)) };
}

// A path on this server that works for `seconds` without a signature.
export async function ossLink(
  request: OssRequest, seconds: number, credential?: Credential,
): Promise<string> {
  return presignOss(credential ?? (await session.credential()), server.region, serverNow(), request, seconds);
}

// The endpoints of this server alone, below /_lakeside/: signed as if they were objects of a bucket
// of that name.
export function lakesideRequest(
  method: string, path: string, headers: Record<string, string> = {}, options: Options = {}, query: Query = {},
): Promise<Response> {
  return ossRequest({ method, bucket: '_lakeside', key: path, headers, query }, undefined, options);
}

// An operation of an API that is told apart by methods and paths; what it takes is in the query.
export interface RoaOperation {
  method: string;
  path: string;
  action: string;
}

export interface RpcProduct {
  name: string;
  version: string;
}

type Parameters = Record<string, string | number | boolean | undefined>;

async function call<T>(
  product: RpcProduct, operation: RoaOperation, parameters: Parameters, options: Options,
): Promise<T> {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const request = {
    ...operation,
    host: location.host,
    version: product.version,
    parameters: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
  };
  const sign: Sign = (credential) => signAcs3(credential, serverNow(), request);
  const response = await signedRequest(operation.method, sign, undefined, options);
  return (await response.json()) as T;
}

export function rpc<T>(
  product: RpcProduct, action: string, parameters: Parameters = {}, options: Options = {},
): Promise<T> {
  return call<T>(product, { method: 'POST', path: '/', action }, parameters, options);
}

export function roa<T>(
  product: RpcProduct, operation: RoaOperation, parameters: Parameters = {}, options: Options = {},
): Promise<T> {
  return call<T>(product, operation, parameters, options);
}
