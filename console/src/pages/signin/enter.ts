import { type Credential, makeCredential, type Secret } from '../../api/credential';
import { ApiError } from '../../api/errors';
import { session } from '../../api/session';
import { beginSession, endSession, renewWith } from '../../api/signin';
import { sts } from '../../api/sts';

async function start(credential: Credential, key?: Credential): Promise<void> {
  const identity = await sts.callerIdentity({ credential });
  session.signIn({ credential, identity, key, renew: renewWith(key) });
}

// From here on the secret is two keys that sign and cannot be read.
export async function enterWithKey(secret: Secret): Promise<void> {
  const key = await makeCredential(secret);
  await start(await beginSession(key), key);
}

export async function enterAsUser(secret: Secret): Promise<void> {
  await start(await makeCredential(secret));
}

// Whether the server has ended the session, too; if not, it ends within the hour.
export async function leave(): Promise<boolean> {
  const last = session.get();
  session.signOut();
  if (!last) return true;
  try {
    await endSession(last.credential);
    return true;
  } catch (error) {
    return error instanceof ApiError && error.expired; // it was over
  }
}
