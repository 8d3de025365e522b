// For parts of the page that are loaded when they are first needed: a server that is just being started
// again is waited for. Reloading the page instead would sign out and end what is being uploaded.
import { type ComponentType, lazy } from 'react';

const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000];

export function patiently<T>(
  load: () => Promise<T>, wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
): () => Promise<T> {
  return async () => {
    for (const ms of WAITS_MS) {
      try {
        return await load();
      } catch {
        await wait(ms);
      }
    }
    return load();
  };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function lazyPart<T extends ComponentType<any>>(load: () => Promise<{ default: T }>) {
  return lazy(patiently(load));
}
