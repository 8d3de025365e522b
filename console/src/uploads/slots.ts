// How many requests are under way at once. Browsers open six connections to a server: two are left
// for the page.
export class Slots {
  private waiting: (() => void)[] = [];
  constructor(private free: number) {}

  // Rejects when `signal` is aborted. Call what comes back when done.
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.free === 0) {
      await new Promise<void>((resolve, reject) => {
        const go = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          this.waiting.splice(this.waiting.indexOf(go), 1);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', leave, { once: true });
        this.waiting.push(go);
      });
    } else {
      --this.free;
    }
    return () => {
      const next = this.waiting.shift();
      if (next) next();
      else ++this.free;
    };
  }
}
