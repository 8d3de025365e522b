// What is asked of a model besides the messages, and the request made of it.
import type { ChatRequest, Message, Tool } from '../../api/models';

export type Format = 'text' | 'json_object' | 'json_schema';

export interface Settings {
  system: string;
  // Of these, nothing set is the server's usual.
  temperature?: number;
  topP?: number;
  topK?: number;
  maxTokens?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  repetitionPenalty?: number;
  seed?: number;
  stop: string[];
  format: Format;
  schema: string; // JSON
  strict: boolean;
  useTools: boolean;
  tools: string; // JSON
  toolChoice: string; // auto, none, required, or a tool's name
  parallelTools: boolean;
}

const SCHEMA = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    country: { type: 'string' },
    population: { type: 'integer' },
  },
  required: ['city', 'country', 'population'],
  additionalProperties: false,
};
const TOOLS: Tool[] = [{
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: {
      type: 'object', properties: { city: { type: 'string' } }, required: ['city'],
    },
  },
}];

export const usualSettings: Settings = {
  system: '',
  stop: [],
  format: 'text',
  schema: JSON.stringify(SCHEMA, null, 2),
  strict: true,
  useTools: false,
  tools: JSON.stringify(TOOLS, null, 2),
  toolChoice: 'auto',
  parallelTools: false,
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Nothing: not JSON, or not of the form.
export function readSchema(text: string): object | undefined {
  const value = parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

export function readTools(text: string): Tool[] | undefined {
  const value = parse(text);
  if (!Array.isArray(value)) return undefined;
  const named = value.every((tool) => typeof tool?.function?.name === 'string');
  return named ? (value as Tool[]) : undefined;
}

// Which of the two cannot be sent as it is.
export function faultOf(settings: Settings): 'schema' | 'tools' | undefined {
  if (settings.format === 'json_schema' && !readSchema(settings.schema)) return 'schema';
  if (settings.useTools && !readTools(settings.tools)) return 'tools';
  return undefined;
}

function formatOf(settings: Settings): object | undefined {
  if (settings.format === 'text') return undefined;
  if (settings.format === 'json_object') return { type: 'json_object' };
  return {
    type: 'json_schema',
    json_schema: { name: 'answer', strict: settings.strict, schema: readSchema(settings.schema) },
  };
}

function toolsOf(settings: Settings): Partial<ChatRequest> {
  const tools = settings.useTools ? readTools(settings.tools) : undefined;
  if (!tools?.length) return {};
  const { toolChoice } = settings;
  const named = tools.some((tool) => tool.function.name === toolChoice);
  return {
    tools,
    ...(named && { tool_choice: { type: 'function', function: { name: toolChoice } } }),
    ...(['none', 'required'].includes(toolChoice) && { tool_choice: toolChoice }),
    ...(settings.parallelTools && { parallel_tool_calls: true }),
  };
}

export function makeRequest(settings: Settings, model: string, messages: Message[]): ChatRequest {
  const system: Message[] = settings.system.trim()
    ? [{ role: 'system', content: settings.system }] : [];
  const request: ChatRequest = {
    model,
    messages: [...system, ...messages],
    temperature: settings.temperature,
    top_p: settings.topP,
    top_k: settings.topK,
    max_tokens: settings.maxTokens,
    presence_penalty: settings.presencePenalty,
    frequency_penalty: settings.frequencyPenalty,
    repetition_penalty: settings.repetitionPenalty,
    seed: settings.seed,
    stop: settings.stop.length ? settings.stop : undefined,
    response_format: formatOf(settings),
    ...toolsOf(settings),
    stream: true,
    stream_options: { include_usage: true },
  };
  // Without those that are not set.
  return JSON.parse(JSON.stringify(request));
}
