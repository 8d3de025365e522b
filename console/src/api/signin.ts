// How people sign in, and their sessions: this server's own API (docs/identity.md), in the form of its
// RPC APIs. Signing in is unsigned.
import { type Credential, makeCredential, type Secret } from './credential';
import { ApiError, readError } from './errors';
import { type Options, rpc } from './http';

const VERSION = '2026-11-22';
const SIGNIN = { name: 'signin', version: VERSION };
const SECONDS = 3600; // of a session, until it is renewed
const LONGEST_SECONDS = 24 * 3600;

export interface SignInForm {
  UserName: string;
  Password: string;
  AuthenticationCode?: string;
  AuthenticationCode1?: string;
  AuthenticationCode2?: string;
  NewPassword?: string;
}
export type NextStep =
  | { step: 'AuthenticationCode' | 'NewPassword' }
  | { step: 'BindMFADevice'; seed: string; serial: string };

interface Credentials {
  AccessKeyId: string;
  AccessKeySecret: string;
  SecurityToken: string;
  Expiration: string;
}
interface Answer {
  NextStep?: 'AuthenticationCode' | 'NewPassword' | 'BindMFADevice';
  VirtualMFADevice?: { SerialNumber?: string; Base32StringSeed?: string };
  Credentials?: Credentials;
}

const secretOf = (credentials: Credentials): Secret => ({
  accessKeyId: credentials.AccessKeyId,
  accessKeySecret: credentials.AccessKeySecret,
  securityToken: credentials.SecurityToken,
  expires: Date.parse(credentials.Expiration),
});

// The session's secret, or what is still asked for.
export async function signInUser(form: SignInForm): Promise<Secret | NextStep> {
  const fields = Object.entries({
    Action: 'SignIn', Version: VERSION, Format: 'JSON', DurationSeconds: String(SECONDS), ...form,
  });
  const body = new URLSearchParams(fields.filter(([, value]) => value) as [string, string][]);
  let response: Response;
  try {
    response = await fetch('/', { method: 'POST', body, credentials: 'omit', redirect: 'error' });
  } catch {
    throw new ApiError(0, 'NoAnswer', 'The server did not answer.');
  }
  const text = await response.text();
  if (!response.ok) {
    throw readError(response.status, response.headers.get('content-type') ?? '', text);
  }
  const { NextStep: step, VirtualMFADevice: device, Credentials: credentials } = JSON.parse(text) as Answer;
  if (credentials) return secretOf(credentials);
  if (step === 'BindMFADevice') {
    return { step, seed: device?.Base32StringSeed ?? '', serial: device?.SerialNumber ?? '' };
  }
  return { step: step ?? 'AuthenticationCode' };
}

async function askFor(
  action: 'CreateSession' | 'RenewSession', parameters: Record<string, string | number>, options: Options,
): Promise<Credential> {
  const answer = await rpc<{ Credentials: Credentials }>(SIGNIN, action, parameters, options);
  return makeCredential(secretOf(answer.Credentials));
}

export const beginSession = (key: Credential): Promise<Credential> =>
  askFor('CreateSession', { DurationSeconds: SECONDS }, { credential: key });

export async function endSession(credential: Credential): Promise<void> {
  await rpc(SIGNIN, 'EndSession', {}, { credential });
}

// The session under the same name, until it may last no longer; then another one, if there is a key.
export function renewWith(key?: Credential) {
  return async (present: Credential, refused: boolean): Promise<Credential> => {
    if (!refused) {
      const next = await askFor('RenewSession', { DurationSeconds: SECONDS }, { credential: present });
      if ((next.expires ?? 0) > (present.expires ?? 0) + 60_000) return next;
    }
    if (!key) throw new Error('The session may last no longer.');
    return beginSession(key);
  };
}

// A session that may read one object and nothing else, and that goes on when the session is ended: at
// most as long as its user may be signed in, which `expires` says.
export function sessionForLink(bucket: string, objectKey: string, seconds: number): Promise<Credential> {
  const Policy = JSON.stringify({
    Version: '1',
    Statement: [{
      Effect: 'Allow', Action: ['oss:GetObject', 'oss:GetObjectVersion'],
      Resource: [`acs:oss:*:*:${bucket}/${objectKey}`],
    }],
  });
  const DurationSeconds = Math.min(Math.max(seconds, SECONDS), LONGEST_SECONDS);
  return askFor('CreateSession', { Policy, DurationSeconds }, {});
}
