import { useEffect, useSyncExternalStore } from 'react';
import { useSession } from '../../app/useSession';
import { modelKey } from '../../api/modelKey';
import { models } from '../../api/models';

// The key that models are called with; it is looked for when somebody needs it first.
export function useModelKey() {
  const account = useSession();
  useEffect(() => {
    if (account) void modelKey.look(models.check);
  }, [account]);
  const state = useSyncExternalStore(modelKey.subscribe, modelKey.get);
  return { state, version: modelKey.version };
}
