// Models that are being copied from buckets. They go on while other pages are looked at.
import { models } from '../../api/models';
import { session } from '../../api/session';

export interface Import {
  id: number;
  source: string;
  state: 'running' | 'done' | 'stopped' | 'failed';
  name: string; // the source, until the server says what it is called
  done: number;
  total: number;
  error?: unknown;
}

class Imports {
  private list: Import[] = [];
  private aborts = new Map<number, AbortController>();
  private listeners = new Set<() => void>();
  private lastId = 0;

  constructor() {
    session.subscribe(() => {
      if (session.get()) return;
      for (const abort of this.aborts.values()) abort.abort();
      this.list = [];
      this.changed();
    });
  }

  get = () => this.list;
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  async start(source: string, name: string): Promise<void> {
    const id = ++this.lastId;
    const abort = new AbortController();
    this.aborts.set(id, abort);
    this.list = [
      ...this.list, { id, source, name: name || source, state: 'running', done: 0, total: 0 }];
    this.changed();
    try {
      for await (const said of models.importObject(source, name, { signal: abort.signal })) {
        this.change(id, said);
      }
      this.change(id, { state: 'done' });
    } catch (error) {
      this.change(id, abort.signal.aborted ? { state: 'stopped' } : { state: 'failed', error });
    }
    this.aborts.delete(id);
  }

  stop(id: number) {
    this.aborts.get(id)?.abort();
  }
  dismiss(id: number) {
    this.list = this.list.filter((one) => one.id !== id);
    this.changed();
  }

  private change(id: number, what: Partial<Import>) {
    this.list = this.list.map((one) => (one.id === id ? { ...one, ...what } : one));
    this.changed();
  }
  private changed() {
    for (const listener of this.listeners) listener();
  }
}

export const imports = new Imports();
