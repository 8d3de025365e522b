import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../api/models';
import { codeOf, LANGUAGES } from './code';

const ORIGIN = 'http://localhost:4004';
const request: ChatRequest = {
  model: 'qwen3',
  messages: [{ role: 'user', content: `It's "quoted"\n\\ and 湖 \${x} $(rm)` }],
  temperature: 0,
  top_k: 20,
  response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: {} } },
  stream: true,
  stream_options: { include_usage: true },
};

describe('code', () => {
  it.each(LANGUAGES)('%s writes no key', (language) => {
    const code = codeOf(language, request, ORIGIN);
    expect(code).toContain(ORIGIN);
    expect(code).not.toContain('sk-');
  });

  it('is the same request as JSON in curl, quoted for a shell', () => {
    const body = codeOf('curl', request, ORIGIN).match(/-d '([^]*)'\n$/)![1]!;
    expect(JSON.parse(body.replaceAll("'\\''", "'"))).toEqual(request);
    expect(body.replaceAll("'\\''", '')).not.toContain("'");
  });

  it('writes Python', () => {
    const code = codeOf('python', request, ORIGIN);
    expect(code).toContain('"strict": True');
    expect(code).toContain('extra_body={"top_k": 20},');
    expect(code).toContain('temperature=0,');
  });

  it('writes a literal that node reads as the same request', () => {
    const literal = codeOf('node', request, ORIGIN).match(/create\(([^]*?)\);\nfor/)![1]!;
    expect(new Function(`return ${literal}`)()).toEqual(request);
  });

  it('asks DashScope for increments, without what only OpenAI has', () => {
    const code = codeOf('dashscope', request, ORIGIN);
    expect(code).toContain('incremental_output=True,');
    expect(code).not.toContain('stream_options');
    expect(code).toContain('top_k=20,');
  });
});
