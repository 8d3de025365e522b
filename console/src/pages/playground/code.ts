// A request as code that sends the same. Keys are read from the environment: none is written here.
import type { ChatRequest } from '../../api/models';

export const LANGUAGES = ['curl', 'python', 'node', 'dashscope'] as const;
export type Language = (typeof LANGUAGES)[number];

type Fields = Record<string, unknown>;

// Fields that OpenAI's API has not; its Python package takes them apart from the others.
const EXTRA = ['top_k', 'repetition_penalty'];

const indent = (text: string, by: string) => text.replaceAll('\n', `\n${by}`);

function pythonLiteral(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null || value === undefined) return 'None';
  if (typeof value !== 'object') return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = isList
    ? value.map(pythonLiteral)
    : Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${pythonLiteral(one)}`);
  return wrap(isList ? '[]' : '{}', items);
}

function nodeLiteral(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const isList = Array.isArray(value);
  const name = (text: string) => (/^[A-Za-z_]\w*$/.test(text) ? text : JSON.stringify(text));
  const items = isList
    ? value.map(nodeLiteral)
    : Object.entries(value).map(([key, one]) => `${name(key)}: ${nodeLiteral(one)}`);
  return wrap(isList ? '[]' : '{}', items, !isList);
}

// On one line where that is short.
function wrap(brackets: string, items: string[], spaced = false): string {
  const [open, close] = brackets;
  if (items.length === 0) return brackets;
  const line = spaced ? `${open} ${items.join(', ')} ${close}` : `${open}${items.join(', ')}${close}`;
  if (line.length <= 76 && !line.includes('\n')) return line;
  return `${open}\n    ${items.map((item) => indent(item, '    ')).join(',\n    ')},\n${close}`;
}

function pythonArguments(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `    ${name}=${indent(pythonLiteral(value), '    ')},\n`).join('');
}

function curl(request: Fields, origin: string): string {
  const body = JSON.stringify(request, null, 2).replaceAll("'", "'\\''");
  return `curl -N ${origin}/v1/chat/completions \\
  -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '${body}'
`;
}

function python(request: Fields, origin: string): string {
  const fields: Fields = {};
  const extra: Fields = {};
  for (const [name, value] of Object.entries(request)) {
    (EXTRA.includes(name) ? extra : fields)[name] = value;
  }
  if (Object.keys(extra).length > 0) fields.extra_body = extra;
  return `# pip install openai; the key is read from OPENAI_API_KEY
from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(`${origin}/v1`)})
stream = client.chat.completions.create(
${pythonArguments(fields)})
for chunk in stream:
    if chunk.choices:
        delta = chunk.choices[0].delta
        print(delta.content or delta.tool_calls or "", end="", flush=True)
    elif chunk.usage:
        print("\\n", chunk.usage)
`;
}

function node(request: Fields, origin: string): string {
  return `// npm install openai; the key is read from OPENAI_API_KEY
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: ${JSON.stringify(`${origin}/v1`)} });
const stream = await client.chat.completions.create(${nodeLiteral(request)});
for await (const chunk of stream) {
  const delta = chunk.choices[0]?.delta;
  process.stdout.write(delta?.content ?? (delta?.tool_calls ? JSON.stringify(delta.tool_calls) : ''));
  if (chunk.usage) console.log('\\n', chunk.usage);
}
`;
}

function dashscope(request: Fields, origin: string): string {
  const { stream: _stream, stream_options: _options, ...rest } = request;
  const fields = { ...rest, result_format: 'message', stream: true, incremental_output: true };
  return `# pip install dashscope; the key is read from DASHSCOPE_API_KEY
import dashscope

dashscope.base_http_api_url = ${JSON.stringify(`${origin}/api/v1`)}
answers = dashscope.Generation.call(
${pythonArguments(fields)})
for answer in answers:
    if answer.status_code != 200:
        raise SystemExit(f"{answer.code}: {answer.message}")
    message = answer.output.choices[0].message
    print(message.get("content") or message.get("tool_calls") or "", end="", flush=True)
print("\\n", answer.usage)
`;
}

export function codeOf(language: Language, request: ChatRequest, origin: string): string {
  const write = { curl, python, node, dashscope }[language];
  return write(request as unknown as Fields, origin);
}
