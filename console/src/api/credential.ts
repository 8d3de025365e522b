// What requests are signed with. The secret itself is not in it: WebCrypto holds the two keys that
// the signatures need, and gives neither back.
import { utf8 } from './encode';
import { type HmacKey, hmacKey } from './hmac';

export interface Credential {
  accessKeyId: string;
  securityToken?: string;
  expires?: number; // ms since 1970; none: a long-lived key
  acs3: HmacKey;
  oss4: HmacKey;
}

export interface Secret {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
  expires?: number;
}

export async function makeCredential(secret: Secret): Promise<Credential> {
  const { accessKeySecret, ...rest } = secret;
  return {
    ...rest,
    acs3: await hmacKey(utf8(accessKeySecret)),
    oss4: await hmacKey(utf8('aliyun_v4' + accessKeySecret)),
  };
}
