// One side of the playground: what was said, and the answer that is on its way. It goes on while
// other pages are looked at.
import { type ChatChunk, type ChatRequest, type ChatUsage, type Message, models, type ToolCall } from '../../api/models';

export interface Stats {
  usage?: ChatUsage; // the server tells it at the end: not of an answer that was stopped
  firstTokenMs?: number;
  tokensPerSecond?: number;
}

export interface Answer {
  role: 'assistant';
  content: string;
  reasoning: string;
  toolCalls: ToolCall[];
  state: 'waiting' | 'running' | 'done' | 'stopped' | 'failed';
  finish?: string;
  error?: unknown;
  stats: Stats;
  request: ChatRequest;
}
export interface Said {
  role: 'user';
  content: string;
}
export interface ToolResult {
  role: 'tool';
  callId: string;
  name: string;
  content: string;
}
export type Turn = Said | Answer | ToolResult;

export type Build = (messages: Message[]) => ChatRequest;

// How often what comes is shown.
const EACH_MS = 40;

function messageOf(turn: Turn): Message {
  if (turn.role === 'user') return { role: 'user', content: turn.content };
  if (turn.role === 'tool') {
    return { role: 'tool', tool_call_id: turn.callId, content: turn.content };
  }
  const calls = turn.toolCalls.map(({ id, name, arguments: given }) => ({
    id, type: 'function' as const, function: { name, arguments: given },
  }));
  return calls.length
    ? { role: 'assistant', content: turn.content || null, tool_calls: calls }
    : { role: 'assistant', content: turn.content };
}

// What failed, or said nothing before it was stopped, is not sent along.
function messagesOf(turns: Turn[]): Message[] {
  const said = (turn: Turn) => turn.role !== 'assistant' ||
    (turn.state !== 'failed' && (turn.content !== '' || turn.toolCalls.length > 0));
  return turns.filter(said).map(messageOf);
}

export class Conversation {
  model = '';
  private turns: Turn[] = [];
  private shown: Turn[] = []; // the turns as of late
  private listeners = new Set<() => void>();
  private abort: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly chat: typeof models.chat = (request, signal) => models.chat(request, signal),
    private readonly now: () => number = () => performance.now(),
  ) {}

  get = () => this.shown;
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get running(): boolean {
    return this.abort !== undefined;
  }
  // The calls of tools that wait for their results.
  get openCalls(): ToolCall[] {
    const last = this.turns.at(-1);
    return last?.role === 'assistant' && last.state === 'done' ? last.toolCalls : [];
  }
  messages(): Message[] {
    return messagesOf(this.turns);
  }

  async say(content: string, build: Build): Promise<void> {
    this.turns = [...this.turns, { role: 'user', content }];
    await this.answer(build);
  }

  async giveResults(results: string[], build: Build): Promise<void> {
    const calls = this.openCalls;
    const given = calls.map(({ id, name }, i): ToolResult =>
      ({ role: 'tool', callId: id, name, content: results[i] ?? '' }));
    this.turns = [...this.turns, ...given];
    await this.answer(build);
  }

  // The last answer once more.
  async again(build: Build): Promise<void> {
    if (this.turns.at(-1)?.role === 'assistant') this.turns = this.turns.slice(0, -1);
    await this.answer(build);
  }

  stop = () => this.abort?.abort();

  clear() {
    this.stop();
    this.abort = undefined;
    this.turns = [];
    this.show();
  }

  private async answer(build: Build): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    const answer: Answer = {
      role: 'assistant', content: '', reasoning: '', toolCalls: [], state: 'waiting', stats: {},
      request: build(messagesOf(this.turns)),
    };
    this.turns = [...this.turns, answer];
    this.show();
    try {
      await this.read(answer, abort);
      answer.state = 'done';
    } catch (error) {
      answer.state = abort.signal.aborted ? 'stopped' : 'failed';
      if (!abort.signal.aborted) answer.error = error;
    }
    if (this.abort === abort) this.abort = undefined;
    this.show();
  }

  private async read(answer: Answer, abort: AbortController): Promise<void> {
    const begun = this.now();
    let first = 0;
    let last = 0;
    for await (const chunk of this.chat(answer.request, abort.signal)) {
      if (abort.signal.aborted) throw new Error('stopped');
      const grew = take(answer, chunk);
      if (grew) {
        last = this.now();
        if (!first) {
          first = last;
          answer.state = 'running';
          answer.stats.firstTokenMs = first - begun;
        }
        this.showSoon();
      }
    }
    const tokens = answer.stats.usage?.completion_tokens ?? 0;
    // The first one's time is told apart.
    if (tokens > 1 && last > first) answer.stats.tokensPerSecond = ((tokens - 1) * 1000) / (last - first);
  }

  private showSoon() {
    this.timer ??= setTimeout(() => this.show(), EACH_MS);
  }

  // Another array with another last turn, so that it is seen to have changed.
  private show() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const last = this.turns.at(-1);
    this.shown = last ? [...this.turns.slice(0, -1), { ...last }] : [];
    for (const listener of this.listeners) listener();
  }
}

// Whether something was said in it.
function take(answer: Answer, chunk: ChatChunk): boolean {
  if (chunk.usage) answer.stats.usage = chunk.usage;
  const choice = chunk.choices[0];
  if (!choice) return false;
  if (choice.finish_reason) answer.finish = choice.finish_reason;
  const { content, reasoning_content: reasoning, tool_calls: calls } = choice.delta;
  answer.content += content ?? '';
  answer.reasoning += reasoning ?? '';
  for (const { index, id, function: called } of calls ?? []) {
    const call = (answer.toolCalls[index] ??= { id: '', name: '', arguments: '' });
    call.id ||= id ?? '';
    call.name ||= called?.name ?? '';
    call.arguments += called?.arguments ?? '';
  }
  return Boolean(content || reasoning || calls?.length);
}
