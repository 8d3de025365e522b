import { expect, it } from 'vitest';
import { faultOf, makeRequest, usualSettings } from './settings';

const messages = [{ role: 'user' as const, content: 'hi' }];

it('sends nothing that is not set', () => {
  expect(makeRequest(usualSettings, 'm', messages)).toEqual({
    model: 'm', messages, stream: true, stream_options: { include_usage: true },
  });
});

it('sends what is set', () => {
  const request = makeRequest({
    ...usualSettings, system: 'Be brief.', temperature: 0, stop: ['.'], format: 'json_schema',
    schema: '{"type":"object"}', useTools: true, toolChoice: 'get_weather', parallelTools: true,
  }, 'm', messages);
  expect(request.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
  expect(request).toMatchObject({
    temperature: 0, stop: ['.'],
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
    },
    tool_choice: { type: 'function', function: { name: 'get_weather' } },
    parallel_tool_calls: true,
  });
});

it('says what cannot be sent', () => {
  expect(faultOf(usualSettings)).toBeUndefined();
  expect(faultOf({ ...usualSettings, format: 'json_schema', schema: '[' })).toBe('schema');
  expect(faultOf({ ...usualSettings, schema: '[' })).toBeUndefined();
  expect(faultOf({ ...usualSettings, useTools: true, tools: '[{}]' })).toBe('tools');
});
