// The key that this tab calls models with. It is in memory alone, and goes with the session.
import { hex } from './encode';
import { ApiError } from './errors';
import { session } from './session';

export type KeyState =
  | { kind: 'looking' }
  | { kind: 'none'; refused?: ApiError } // nobody has given one yet, or what was given is no key
  | { kind: 'ready'; key: string; own: boolean };

// What `lakeside env` prints as the root account's key, made of its secret in the same way
// (src/app/data_folder.h). RAM users and sessions have none.
async function ownKey(): Promise<string | undefined> {
  const present = session.get();
  if (present?.identity.kind !== 'root' || !present.key) return undefined;
  return 'sk-' + hex(await present.key.acs3.sign('lakeside local model key'));
}

class ModelKeyStore {
  private state: KeyState = { kind: 'looking' };
  private listeners = new Set<() => void>();
  private owner: string | undefined;
  // Another key: what was seen with the last one is of no use.
  version = 0;

  constructor() {
    session.subscribe(() => {
      const owner = session.get()?.identity.arn;
      if (owner !== this.owner) this.forget();
    });
  }

  get = () => this.state;
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // Finds the key that needs nobody's help, once for each session.
  async look(check: (key: string) => Promise<unknown>): Promise<void> {
    const owner = session.get()?.identity.arn;
    if (owner === this.owner) return;
    this.owner = owner;
    this.set({ kind: 'looking' });
    try {
      const key = await ownKey();
      if (key) await check(key);
      if (this.owner !== owner) return;
      this.set(key ? { kind: 'ready', key, own: true } : { kind: 'none' });
    } catch {
      if (this.owner === owner) this.set({ kind: 'none' });
    }
  }

  use(key: string) {
    this.owner = session.get()?.identity.arn;
    this.set({ kind: 'ready', key, own: false });
  }

  refuse(key: string, refused: ApiError) {
    if (this.state.kind === 'ready' && this.state.key === key) this.set({ kind: 'none', refused });
  }

  // Asks for another one.
  drop() {
    this.set({ kind: 'none' });
  }

  private forget() {
    this.owner = undefined;
    this.set({ kind: 'looking' });
  }

  private set(state: KeyState) {
    this.state = state;
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}

export const modelKey = new ModelKeyStore();
