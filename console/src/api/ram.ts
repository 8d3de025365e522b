// RAM (2015-05-01).
import { rpc } from './http';

const RAM = { name: 'ram', version: '2015-05-01' };

export interface AccessKey {
  id: string;
  secret: string; // shown once
}

export const ram = {
  async createUser(UserName: string, Comments = ''): Promise<void> {
    await rpc(RAM, 'CreateUser', { UserName, Comments });
  },
  async attachPolicyToUser(UserName: string, PolicyName: string, PolicyType = 'System'): Promise<void> {
    await rpc(RAM, 'AttachPolicyToUser', { UserName, PolicyName, PolicyType });
  },
  // Without a name: the caller's own.
  async createAccessKey(UserName?: string): Promise<AccessKey> {
    interface Answer {
      AccessKey: { AccessKeyId: string; AccessKeySecret: string };
    }
    const { AccessKey } = await rpc<Answer>(RAM, 'CreateAccessKey', { UserName });
    return { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret };
  },
};
