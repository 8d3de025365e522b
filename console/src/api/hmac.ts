// HMAC-SHA256 and SHA-256: WebCrypto's, with keys that no script can read back. Browsers offer it
// on https and localhost only; elsewhere a library computes the same.
import { utf8 } from './encode';

export interface HmacKey {
  sign(data: string): Promise<Uint8Array<ArrayBuffer>>;
}

export const hasWebCrypto = typeof crypto !== 'undefined' && crypto.subtle !== undefined;

const fallback = () => import('./fallback');

export async function hmacKey(secret: Uint8Array<ArrayBuffer>): Promise<HmacKey> {
  if (!hasWebCrypto) {
    const { hmacSha256 } = await fallback();
    return { sign: async (data) => hmacSha256(secret, utf8(data)) };
  }
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign']);
  return {
    sign: async (data) => new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(data))),
  };
}

export async function sha256(data: string): Promise<Uint8Array<ArrayBuffer>> {
  if (hasWebCrypto) return new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(data)));
  return (await fallback()).sha256Of(utf8(data));
}
