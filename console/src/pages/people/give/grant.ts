// The steps of giving somebody read access: a user, the least policy, a key.
import { ApiError } from '../../../api/errors';
import { type NewAccessKey, ram } from '../../../api/ram';
import { readPolicy } from '../policies/document';

export interface Grant {
  bucket: string;
  prefix: string;
  seesBuckets: boolean;
  user: string;
  displayName: string;
  isNew: boolean;
  withKey: boolean;
  description: string;
}

// Names of policies have letters, digits and hyphens, and at most 128 of them.
export function policyName({ bucket, prefix, seesBuckets }: Pick<Grant, 'bucket' | 'prefix' | 'seesBuckets'>) {
  const where = `${bucket}/${prefix}`.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `read-${where}${seesBuckets ? '-list' : ''}`.slice(0, 110);
}

const isThere = (error: unknown) =>
  error instanceof ApiError && error.code.startsWith('EntityAlreadyExists');

// One of that name that says the same serves; of one that says something else, the next name.
async function ensurePolicy(grant: Grant): Promise<string> {
  const wanted = readPolicy(grant.bucket, grant.prefix, grant.seesBuckets);
  const same = (text: string) => {
    try {
      return JSON.stringify(JSON.parse(text)) === JSON.stringify(JSON.parse(wanted));
    } catch {
      return false;
    }
  };
  for (let number = 1; ; ++number) {
    const name = policyName(grant) + (number > 1 ? `-${number}` : '');
    try {
      await ram.createPolicy(name, wanted, grant.description);
      return name;
    } catch (error) {
      if (!isThere(error) || number === 50) throw error;
      const { version } = await ram.getPolicy(name, 'Custom');
      if (same(version.PolicyDocument)) return name;
    }
  }
}

export interface Granted {
  policy: string;
  key?: NewAccessKey;
}

// What fails half-way can be tried again: what is there already is taken as it is. Of a new user that
// is only so in the same try, so that nobody's rights grow by a name that was typed wrongly.
export async function give(grant: Grant, made: Set<string>): Promise<Granted> {
  if (grant.isNew && !made.has(grant.user)) {
    await ram.createUser({ UserName: grant.user, DisplayName: grant.displayName || undefined });
    made.add(grant.user);
  }
  const policy = await ensurePolicy(grant);
  try {
    await ram.attachPolicy({ kind: 'User', name: grant.user }, { PolicyName: policy, PolicyType: 'Custom' });
  } catch (error) {
    if (!isThere(error)) throw error;
  }
  return { policy, key: grant.withKey ? await ram.createAccessKey(grant.user) : undefined };
}
