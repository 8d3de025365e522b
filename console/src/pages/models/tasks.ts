// Models on their way here, as far as somebody wants to see them: what is under way, and what this
// page saw end. The server does the work; the page may be closed meanwhile.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { isUnderWay, modelAdmin, type ModelTask } from '../../api/modelAdmin';
import { session } from '../../api/session';

const UNDER_WAY_MS = 1_000;
const IDLE_MS = 5_000;

class Seen {
  private followed: ReadonlySet<string> = new Set();
  private listeners = new Set<() => void>();

  constructor() {
    session.subscribe(() => {
      if (!session.get()) this.set(new Set());
    });
  }
  get = () => this.followed;
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  follow(ids: string[]) {
    if (ids.some((id) => !this.followed.has(id))) this.set(new Set([...this.followed, ...ids]));
  }
  dismiss(id: string) {
    this.set(new Set([...this.followed].filter((one) => one !== id)));
  }
  private set(followed: ReadonlySet<string>) {
    this.followed = followed;
    for (const listener of this.listeners) listener();
  }
}
const seen = new Seen();
export const { follow, dismiss } = { follow: seen.follow.bind(seen), dismiss: seen.dismiss.bind(seen) };

export function useTasks(): ModelTask[] {
  const queries = useQueryClient();
  const followed = useSyncExternalStore(seen.subscribe, seen.get);
  const { data } = useQuery({
    queryKey: ['models', 'tasks'], retry: false,
    queryFn: ({ signal }) => modelAdmin.tasks({ signal }),
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? UNDER_WAY_MS : IDLE_MS),
  });
  const underWay = data?.filter(isUnderWay).map(({ taskId }) => taskId).join() ?? '';
  const before = useRef(underWay);
  useEffect(() => {
    if (underWay) seen.follow(underWay.split(','));
    // What has just come is shown at once.
    if (before.current !== underWay) void queries.invalidateQueries({ queryKey: ['models', 'admin'] });
    before.current = underWay;
  }, [underWay, queries]);
  return data?.filter((task) => isUnderWay(task) || followed.has(task.taskId)) ?? [];
}
