// For addresses without WebCrypto (see hmac.ts): loaded only there.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

type Bytes = Uint8Array<ArrayBuffer>;

export const hmacSha256 = (key: Bytes, data: Bytes) => hmac(sha256, key, data) as Bytes;
export const sha256Of = (data: Bytes) => sha256(data) as Bytes;
