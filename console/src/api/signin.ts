// How people sign in: this server's own API (docs/identity.md), in the form of its RPC APIs, unsigned.
import { ApiError, readError } from './errors';
import type { Secret } from './credential';

const VERSION = '2026-11-22';

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

interface Answer {
  NextStep?: 'AuthenticationCode' | 'NewPassword' | 'BindMFADevice';
  VirtualMFADevice?: { SerialNumber?: string; Base32StringSeed?: string };
  Credentials?: {
    AccessKeyId: string; AccessKeySecret: string; SecurityToken: string; Expiration: string;
  };
}

// The session's secret, or what is still asked for.
export async function signInUser(form: SignInForm): Promise<Secret | NextStep> {
  const fields = Object.entries({ Action: 'SignIn', Version: VERSION, Format: 'JSON', ...form });
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
  const { NextStep: step, VirtualMFADevice: device, Credentials } = JSON.parse(text) as Answer;
  if (Credentials) {
    return {
      accessKeyId: Credentials.AccessKeyId,
      accessKeySecret: Credentials.AccessKeySecret,
      securityToken: Credentials.SecurityToken,
      expires: Date.parse(Credentials.Expiration),
    };
  }
  if (step === 'BindMFADevice') {
    return { step, seed: device?.Base32StringSeed ?? '', serial: device?.SerialNumber ?? '' };
  }
  return { step: step ?? 'AuthenticationCode' };
}
