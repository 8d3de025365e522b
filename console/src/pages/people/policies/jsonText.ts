// JSON as it is written: values, and the line of each, so that a fault is shown where it is.

export interface Fault {
  line: number; // from 1 on
  column: number;
  message: string; // of JSON.parse, or of the server
}
export interface ParsedJson {
  value: unknown;
  lines: Map<string, number>; // "Statement[0].Action" → line
}

class Malformed extends Error {
  constructor(readonly at: number, message: string) {
    super(message);
  }
}

// RFC 8259, and no more: what JSON.parse takes.
class Reader {
  private at = 0;
  readonly lines = new Map<string, number>();

  constructor(private readonly text: string) {}

  read(): unknown {
    const value = this.value('');
    this.space();
    if (this.at < this.text.length) this.fail(`unexpected ${this.seen()}`);
    return value;
  }

  private fail(message: string): never {
    throw new Malformed(this.at, message);
  }
  private seen(): string {
    return this.at < this.text.length ? JSON.stringify(this.text[this.at]) : 'end of the text';
  }
  private space() {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) ++this.at;
  }
  private take(mark: string): boolean {
    this.space();
    if (this.text[this.at] !== mark) return false;
    ++this.at;
    return true;
  }
  private expect(mark: string) {
    if (!this.take(mark)) this.fail(`expected "${mark}", not ${this.seen()}`);
  }

  private value(path: string): unknown {
    this.space();
    this.lines.set(path, lineAt(this.text, this.at));
    const mark = this.text[this.at];
    if (mark === '{') return this.object(path);
    if (mark === '[') return this.array(path);
    if (mark === '"') return this.string();
    const word = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/
      .exec(this.text.slice(this.at, this.at + 64))?.[0];
    if (!word) this.fail(`expected a value, not ${this.seen()}`);
    this.at += word.length;
    return JSON.parse(word) as unknown;
  }

  private object(path: string): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.expect('{');
    if (this.take('}')) return {};
    do {
      this.space();
      if (this.text[this.at] !== '"') this.fail(`expected a name in quotes, not ${this.seen()}`);
      const start = this.at;
      const name = this.string();
      if (entries.some(([other]) => other === name)) {
        this.at = start;
        this.fail(`${JSON.stringify(name)} is there twice`);
      }
      const inner = path ? `${path}.${name}` : name;
      this.expect(':');
      entries.push([name, this.value(inner)]);
      this.lines.set(inner, lineAt(this.text, start));
    } while (this.take(','));
    this.expect('}');
    return Object.fromEntries(entries);
  }

  private array(path: string): unknown[] {
    const items: unknown[] = [];
    this.expect('[');
    if (this.take(']')) return items;
    do items.push(this.value(`${path}[${items.length}]`));
    while (this.take(','));
    this.expect(']');
    return items;
  }

  private string(): string {
    const found = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/
      .exec(this.text.slice(this.at))?.[0];
    if (!found) this.fail('a text is not closed, or has a mark that must be escaped');
    this.at += found.length;
    return JSON.parse(found) as string;
  }
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

export function parseJson(text: string): ParsedJson | Fault {
  const reader = new Reader(text);
  try {
    return { value: reader.read(), lines: reader.lines };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const before = text.slice(0, error.at).split('\n');
    return { line: before.length, column: before.at(-1)!.length + 1, message: error.message };
  }
}

export const isFault = (parsed: ParsedJson | Fault): parsed is Fault => 'message' in parsed;

// The server names a place: "Statement[0].Condition.StringIs: unknown operator". Where it stands.
export function faultOf(message: string, text: string): Fault {
  const parsed = parseJson(text);
  if (isFault(parsed)) return parsed;
  let place = /^[\w.:[\]-]+(?=: )/.exec(message)?.[0] ?? '';
  while (place && !parsed.lines.has(place)) place = place.replace(/(?:^|\.)[^.[\]]+$|\[\d+\]$/, '');
  return { line: parsed.lines.get(place) ?? 1, column: 1, message };
}

// Two spaces; lists of texts in one line where they fit.
export function formatJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const flat = `[${value.map((one) => JSON.stringify(one)).join(', ')}]`;
    const plain = value.every((one) => typeof one !== 'object' || one === null);
    if (plain && (value.length < 2 || inner.length + flat.length < 80)) return flat;
    return `[\n${value.map((one) => inner + formatJson(one, inner)).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value)
    .map(([name, one]) => `${inner}${JSON.stringify(name)}: ${formatJson(one, inner)}`);
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}
