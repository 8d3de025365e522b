// One file on its way: small ones in one request, large ones in parts, several at a time. What was
// sent stays sent: after a pause, a lost connection or signing in again, only the rest is sent.
import { ApiError } from '../api/errors';
import { oss, type Part } from '../api/oss';
import { put } from './send';
import type { Slots } from './slots';

const MIB = 1024 * 1024;
const PART_BYTES = 16 * MIB;
const MOST_PARTS = 9_000; // the API's limit is 10,000
const TRIES = 8;
const LONGEST_WAIT_MS = 15_000;

export type State = 'waiting' | 'sending' | 'retrying' | 'paused' | 'done' | 'failed' | 'cancelled';

export class Upload {
  state: State = 'waiting';
  error: unknown;
  overwrite = false;
  private abort = new AbortController();
  private uploadId = '';
  private parts = new Map<number, Part>();
  private underWay = new Map<number, number>(); // bytes of unfinished parts
  private retried = false;

  constructor(
    readonly bucket: string, readonly key: string, readonly file: File,
    private readonly slots: Slots, private readonly changed: () => void,
  ) {}

  get sent(): number {
    let bytes = 0;
    for (const part of this.parts.values()) bytes += part.size;
    for (const part of this.underWay.values()) bytes += part;
    return Math.min(bytes, this.file.size);
  }
  get active(): boolean {
    return this.state === 'waiting' || this.state === 'sending' || this.state === 'retrying';
  }
  // It is there already, and nobody said that it may be replaced.
  get conflict(): boolean {
    return this.error instanceof ApiError && this.error.code === 'FileAlreadyExists';
  }

  async run(): Promise<void> {
    this.abort = new AbortController();
    this.error = undefined;
    this.set('waiting');
    try {
      await (this.file.size > PART_BYTES ? this.sendParts() : this.sendWhole());
      this.set('done');
    } catch (error) {
      if (this.abort.signal.aborted) return;
      this.error = error;
      this.abort.abort();
      this.set('failed');
    } finally {
      this.underWay.clear();
    }
  }

  pause() {
    if (!this.active) return;
    this.set('paused');
    this.abort.abort(new Error('paused'));
  }

  async cancel(): Promise<void> {
    this.set('cancelled');
    this.abort.abort(new Error('cancelled'));
    if (this.uploadId) {
      await oss.abortMultipartUpload(this.bucket, this.key, this.uploadId).catch(() => undefined);
    }
  }

  private set(state: State) {
    this.state = state;
    this.changed();
  }

  private get contentType(): string {
    return this.file.type || 'application/octet-stream';
  }

  private async sendWhole() {
    const headers: Record<string, string> = { 'content-type': this.contentType };
    if (!this.overwrite) headers['x-oss-forbid-overwrite'] = 'true';
    const request = { method: 'PUT', bucket: this.bucket, key: this.key, headers };
    await this.persist(0, () => this.unlessStored('FileAlreadyExists', async () => {
      await put(request, this.file, this.abort.signal, (bytes) => this.progress(0, bytes));
    }));
    this.underWay.delete(0);
    this.parts.set(0, { number: 0, etag: '', size: this.file.size });
  }

  // The answer to an earlier try may have been lost: then it is there, and `code` says just that.
  private async unlessStored(code: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.retried || !(error instanceof ApiError) || error.code !== code) throw error;
      const { size } = await oss.headObject(this.bucket, this.key);
      if (size !== this.file.size) throw error;
    }
  }

  private async sendParts() {
    const size = Math.max(PART_BYTES, Math.ceil(this.file.size / MOST_PARTS / MIB) * MIB);
    const count = Math.ceil(this.file.size / size);
    if (!this.uploadId) {
      await this.persist(0, async () => {
        this.uploadId = await oss.initiateMultipartUpload(
          this.bucket, this.key, this.contentType, this.overwrite, { signal: this.abort.signal });
      });
    }
    const missing = Array.from({ length: count }, (_, i) => i + 1).filter((n) => !this.parts.has(n));
    await Promise.all(missing.map((number) => this.sendPart(number, size)));
    const parts = [...this.parts.values()].sort((a, b) => a.number - b.number);
    await this.persist(0, () => this.unlessStored('NoSuchUpload', () => oss.completeMultipartUpload(
      this.bucket, this.key, this.uploadId, parts, this.overwrite)));
    this.uploadId = '';
  }

  private async sendPart(number: number, size: number) {
    const body = this.file.slice((number - 1) * size, number * size);
    const request = {
      method: 'PUT', bucket: this.bucket, key: this.key,
      query: { partNumber: String(number), uploadId: this.uploadId },
      headers: { 'content-type': 'application/octet-stream' },
    };
    await this.persist(number, async () => {
      const etag = await put(request, body, this.abort.signal, (n) => this.progress(number, n));
      this.underWay.delete(number);
      this.parts.set(number, { number, etag, size: body.size });
    });
  }

  private progress(part: number, bytes: number) {
    this.underWay.set(part, bytes);
    this.changed();
  }

  // Tries until it works or is no use: a server that is away for a while costs nothing but time.
  private async persist(part: number, work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; ++attempt) {
      const release = await this.slots.take(this.abort.signal);
      try {
        this.abort.signal.throwIfAborted();
        if (this.state !== 'sending') this.set('sending');
        return await work();
      } catch (error) {
        this.underWay.delete(part);
        const again = error instanceof ApiError && (error.passing || error.expired);
        if (this.abort.signal.aborted || !again || attempt === TRIES) throw error;
        this.retried = true;
        if (!error.expired) this.set('retrying');
      } finally {
        release();
      }
      await waitBefore(attempt, this.abort.signal);
    }
  }
}

// Longer each time, but not a moment after the network is back.
function waitBefore(attempt: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(500 * 2 ** attempt, LONGEST_WAIT_MS) * (0.75 + Math.random() / 2);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      clearTimeout(timer);
      removeEventListener('online', online);
      signal.removeEventListener('abort', aborted);
      settle();
    };
    const online = end(resolve);
    const aborted = end(() => reject(signal.reason as Error));
    const timer = setTimeout(online, ms);
    addEventListener('online', online);
    signal.addEventListener('abort', aborted);
  });
}
