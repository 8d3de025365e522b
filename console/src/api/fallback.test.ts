import { expect, it } from 'vitest';
import { hex, utf8 } from './encode';
import { hmacSha256, sha256Of } from './fallback';
import { hmacKey, sha256 } from './hmac';

it('computes what WebCrypto computes', async () => {
  const key = utf8('aliyun_v4sécret');
  expect(hex(hmacSha256(key, utf8('值')))).toBe(hex(await (await hmacKey(key)).sign('值')));
  expect(hex(sha256Of(utf8('值')))).toBe(hex(await sha256('值')));
});
