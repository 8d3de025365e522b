import { makeCredential, type Secret } from '../../api/credential';
import { session } from '../../api/session';
import { sts } from '../../api/sts';

// From here on the secret is two keys that sign and cannot be read.
export async function enter(secret: Secret): Promise<void> {
  const credential = await makeCredential(secret);
  const identity = await sts.callerIdentity({ credential });
  session.signIn({ credential, identity });
}
