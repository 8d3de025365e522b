// The objects below a prefix, page by page as they are looked at. Of a million keys only the pages
// around what is seen are kept; of the others, where they begin.
import { oss } from '../../api/oss';
import type { ObjectEntry } from '../../api/oss';

export type Row = { prefix: string; object?: undefined } | { prefix?: undefined; object: ObjectEntry };
export const nameOf = (row: Row) => row.prefix ?? row.object!.key;

interface Page {
  token?: string;
  start: number; // its first row
  count: number;
  rows?: Row[];
}

const HELD = 12; // pages
const AHEAD = 200; // rows
export const PAGE_ROWS = 1000;

export class ObjectListing {
  private pages: Page[] = [];
  private next: string | undefined;
  private loading = new Set<number>();
  private listeners = new Set<() => void>();
  private controller = new AbortController();
  private version = 0;
  private range: [number, number] = [0, 0];
  complete = false;
  error: unknown;

  constructor(
    readonly bucket: string, readonly prefix: string, readonly delimiter: string | undefined,
    private readonly startAfter?: string,
  ) {}

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  getVersion = () => this.version;

  get count(): number {
    const last = this.pages.at(-1);
    return last ? last.start + last.count : 0;
  }
  get flat(): boolean {
    return this.delimiter === undefined;
  }
  // Everything there is, and all of it at hand.
  get whole(): boolean {
    return this.complete && this.pages.every(({ rows }) => rows);
  }
  row(index: number): Row | undefined {
    const page = this.pages[this.pageOf(index)];
    return page?.rows?.[index - page.start];
  }
  held(): Row[] {
    return this.pages.flatMap(({ rows }) => rows ?? []);
  }

  // Fetches what rows `first` to `last` still lack, and what comes soon.
  need = (first: number, last: number) => {
    this.range = [first, last];
    if (this.error) return;
    for (let i = this.pageOf(first); i <= this.pageOf(last); ++i) {
      if (this.pages[i] && !this.pages[i]!.rows) void this.load(i);
    }
    if (!this.complete && last + AHEAD >= this.count) void this.load(this.pages.length);
  };
  start() {
    this.controller = new AbortController();
    this.need(0, 0);
  }
  retry = () => {
    this.error = undefined;
    this.changed();
    this.need(...this.range);
  };
  stop() {
    this.controller.abort();
    this.loading.clear();
  }

  private pageOf(index: number): number {
    let low = 0;
    let high = this.pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.pages[middle]!.start <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private async load(index: number) {
    if (this.loading.has(index)) return;
    this.loading.add(index);
    const { signal } = this.controller;
    const known = this.pages[index];
    const token = known ? known.token : this.next;
    try {
      const { objects, prefixes, next } = await oss.listObjects(this.bucket, {
        prefix: this.prefix, delimiter: this.delimiter, token, maxKeys: PAGE_ROWS,
        startAfter: index === 0 ? this.startAfter : undefined,
      }, { signal });
      if (signal.aborted) return;
      // An object of the folder's own name is the folder.
      const files = objects.filter(({ key }) => !this.delimiter || key !== this.prefix);
      const rows = [
        ...prefixes.map((prefix): Row => ({ prefix })), ...files.map((object): Row => ({ object })),
      ];
      this.pages[index] = { token, start: known?.start ?? this.count, count: rows.length, rows };
      if (!known) {
        this.next = next;
        this.complete = next === undefined;
      } else if (known.count !== rows.length) {
        this.renumber(index);
      }
      this.forget(index);
    } catch (error) {
      if (signal.aborted) return;
      this.error = error;
    } finally {
      this.loading.delete(index);
      if (!signal.aborted) this.changed();
    }
    // Pages of nothing but the folder itself, or rows that came into sight in the meantime.
    if (!signal.aborted && !this.error) this.need(...this.range);
  }

  private renumber(from: number) {
    for (let i = from + 1; i < this.pages.length; ++i) {
      const before = this.pages[i - 1]!;
      this.pages[i]!.start = before.start + before.count;
    }
  }

  private forget(near: number) {
    const held = this.pages.flatMap(({ rows }, i) => (rows ? [i] : []));
    held.sort((a, b) => Math.abs(a - near) - Math.abs(b - near));
    for (const i of held.slice(HELD)) this.pages[i]!.rows = undefined;
  }

  private changed() {
    ++this.version;
    for (const listener of this.listeners) listener();
  }
}
