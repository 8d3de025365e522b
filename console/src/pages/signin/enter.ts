import { type Credential, makeCredential, type Secret } from '../../api/credential';
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

// The server forgets the session, too; where it does not answer, the session ends within the hour.
export function leave() {
  const last = session.get();
  session.signOut();
  if (last) endSession(last.credential).catch(() => undefined);
}
