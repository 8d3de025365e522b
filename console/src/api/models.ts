// The model service, through OpenAI's and DashScope's APIs.
import { ApiError, readError } from './errors';
import type { Options } from './http';
import type { ModelState } from './lakeside';
import { modelKey } from './modelKey';
import { events } from './sse';

export interface Model {
  name: string;
  state: ModelState;
  added?: number; // ms since 1970
  // Once it was loaded:
  description?: string;
  contextWindow?: number;
  capabilities?: string[];
}

// Of a model that was never looked into nothing is known, and it is tried.
export const mayChat = ({ capabilities }: Pick<Model, 'capabilities'>): boolean =>
  !capabilities?.length || capabilities.includes('chat');

export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
}
export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string | null;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}
export interface Tool {
  type: 'function';
  function: { name: string; description?: string; parameters?: object };
}

// The body of POST /v1/chat/completions.
export interface ChatRequest {
  model: string;
  messages: Message[];
  stream: true;
  stream_options: { include_usage: true };
  temperature?: number;
  top_p?: number;
  top_k?: number;
  max_tokens?: number;
  presence_penalty?: number;
  frequency_penalty?: number;
  repetition_penalty?: number;
  seed?: number;
  stop?: string[];
  response_format?: object;
  tools?: Tool[];
  tool_choice?: string | object;
  parallel_tool_calls?: boolean;
}

export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  prompt_tokens_details?: { cached_tokens?: number };
}
export interface ChatDelta {
  content?: string;
  reasoning_content?: string;
  tool_calls?: { index: number; id?: string; function?: { name?: string; arguments?: string } }[];
}
export interface ChatChunk {
  choices: { delta: ChatDelta; finish_reason: string | null }[];
  usage?: ChatUsage | null;
  error?: { message: string; code?: string; type?: string };
}

export type UsageKind = 'completions' | 'embeddings' | 'reranks';
export type UsageWidth = '1h' | '1d';
export interface UsageResult {
  model: string;
  api_key_id: string;
  batch: boolean | null;
  num_model_requests: number;
  input_tokens: number;
  output_tokens?: number;
  input_cached_tokens?: number;
}
export interface UsageBucket {
  start_time: number; // seconds since 1970
  end_time: number;
  results: UsageResult[];
}
interface UsagePage {
  data: UsageBucket[];
  has_more: boolean;
  next_page: string | null;
}

// The most buckets of an answer.
const MOST: Record<UsageWidth, number> = { '1h': 168, '1d': 31 };

async function send(
  key: string, path: string, body: string | undefined, signal?: AbortSignal,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body, signal, credentials: 'omit', cache: 'no-store', redirect: 'error',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'NoAnswer', 'The server did not answer.');
  }
  if (response.ok) return response;
  const type = response.headers.get('content-type') ?? '';
  const error = readError(response.status, type, await response.text());
  if (response.status === 401) modelKey.refuse(key, error);
  throw error;
}

function keyNow(): string {
  const state = modelKey.get();
  if (state.kind !== 'ready') throw new ApiError(401, 'NoModelKey', 'A model key is needed.');
  return state.key;
}

async function getJson<T>(path: string, options: Options): Promise<T> {
  return (await (await send(keyNow(), path, undefined, options.signal)).json()) as T;
}

interface OpenAiModel {
  id: string;
  created: number;
  status: { value: ModelState };
  capabilities?: string[];
}
interface DashScopeModels {
  output: {
    total: number;
    models: { model: string; description?: string; model_info?: { context_window: number } }[];
  };
}
const PAGE = 1000;

export const models = {
  // Throws where it is no key.
  async check(key: string): Promise<void> {
    await send(key, '/v1/models', undefined);
  },

  async list(options: Options = {}): Promise<Model[]> {
    const [names, cards] = await Promise.all([
      getJson<{ data: OpenAiModel[] }>('/v1/models', options),
      getJson<DashScopeModels>(`/api/v1/models?page_size=${PAGE}`, options),
    ]);
    const known = new Map(cards.output.models.map((card) => [card.model, card]));
    return names.data.map(({ id, created, status, capabilities }) => ({
      name: id,
      state: status.value,
      added: created * 1000,
      capabilities,
      description: known.get(id)?.description,
      contextWindow: known.get(id)?.model_info?.context_window,
    }));
  },

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk> {
    const response = await send(keyNow(), '/v1/chat/completions', JSON.stringify(request), signal);
    for await (const data of events(response.body!)) {
      if (data === '[DONE]') return;
      const chunk = JSON.parse(data) as ChatChunk;
      if (chunk.error) {
        const { message, code, type } = chunk.error;
        throw new ApiError(500, code ?? type ?? '', message);
      }
      yield chunk;
    }
    // What ends without saying so was cut off.
    throw new ApiError(0, 'NoAnswer', 'The connection broke before the end of the answer.');
  },

  // Times in seconds since 1970; buckets that begin before `to`.
  async usage(
    kind: UsageKind, width: UsageWidth, from: number, to: number, options: Options = {},
  ): Promise<UsageBucket[]> {
    const buckets: UsageBucket[] = [];
    const query = new URLSearchParams({
      start_time: String(from), end_time: String(to), bucket_width: width,
      limit: String(MOST[width]),
    });
    for (const group of ['model', 'api_key_id', ...(kind === 'completions' ? ['batch'] : [])]) {
      query.append('group_by', group);
    }
    for (;;) {
      const page = await getJson<UsagePage>(`/v1/organization/usage/${kind}?${query}`, options);
      buckets.push(...page.data);
      if (!page.has_more || !page.next_page) return buckets;
      query.set('page', page.next_page);
    }
  },
};
