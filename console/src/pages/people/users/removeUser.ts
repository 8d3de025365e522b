// DeleteUser wants that nothing hangs on the user any more.
import { ApiError } from '../../../api/errors';
import { isLacking } from '../../../api/modelKeys';
import { ram } from '../../../api/ram';

async function ifThere(change: Promise<unknown>) {
  try {
    await change;
  } catch (error) {
    if (!isLacking(error) && !(error instanceof ApiError && error.code.startsWith('EntityNotExist'))) {
      throw error;
    }
  }
}

export async function removeUser(name: string): Promise<void> {
  const entity = { kind: 'User', name } as const;
  // Keys first: whatever fails afterwards, nobody can use them.
  for (const key of await ram.listAccessKeys(name)) await ram.deleteAccessKey(name, key.AccessKeyId);
  await ifThere(ram.deleteLoginProfile(name));
  await ifThere(ram.unbindMfaDevice(name));
  for (const policy of await ram.listPoliciesFor(entity)) await ram.detachPolicy(entity, policy);
  for (const group of await ram.listGroupsForUser(name)) {
    await ram.removeUserFromGroup(name, group.GroupName);
  }
  await ram.deleteUser(name);
}
