// STS (2015-04-01).
import { type Options, rpc } from './http';
import type { Identity } from './session';

const STS = { name: 'sts', version: '2015-04-01' };

interface CallerIdentity {
  AccountId: string;
  IdentityType: 'Account' | 'RAMUser' | 'AssumedRoleUser';
  Arn: string;
  PrincipalId: string;
}

export const sts = {
  async callerIdentity(options: Options = {}): Promise<Identity> {
    const answer = await rpc<CallerIdentity>(STS, 'GetCallerIdentity', {}, options);
    const kinds = { Account: 'root', RAMUser: 'user', AssumedRoleUser: 'role' } as const;
    return {
      accountId: answer.AccountId,
      kind: kinds[answer.IdentityType],
      name: answer.Arn.replace(/^acs:ram::[^:]*:/, '').replace(/^(user|assumed-role)\//, ''),
      arn: answer.Arn,
    };
  },

  // Under which id calls are counted: the user's, the role's, or the account's.
  async callerId(options: Options = {}): Promise<string> {
    const { PrincipalId } = await rpc<CallerIdentity>(STS, 'GetCallerIdentity', {}, options);
    return PrincipalId.split(':')[0]!; // behind it is the name of a role's session
  },
};
