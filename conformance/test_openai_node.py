"""The openai package of npm: what its users write, against the fake model."""

import json

import pytest

from clients.node_models import Thrown, node_models
from harness.models import MODEL

API = "const api = new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });\n"
TOOL = {"type": "function", "function": {
    "name": "weather", "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


@pytest.fixture
def node(models):
    def run(code, path="/v1", key=models.key, **values):
        return node_models().run(API + code, url=models.url + path, key=key, model=MODEL, tool=TOOL, **values)
    return run


@pytest.mark.parametrize("path", ["/v1", "/compatible-mode/v1"])
def test_answers(node, path):
    reply = node("""
        return await api.chat.completions.create({ model, messages: [{ role: 'user', content: 'say Grüße, 世界' }] });
    """, path=path)
    assert reply["choices"][0]["message"]["content"] == "Grüße, 世界"
    assert reply["choices"][0]["finish_reason"] == "stop" and reply["usage"]["completion_tokens"] > 0


def test_streams(node):
    text, usage, chunks = node("""
        const stream = await api.chat.completions.create({
          model, stream: true, stream_options: { include_usage: true },
          messages: [{ role: 'user', content: 'repeat 20 tick' }],
        });
        let text = '', usage, chunks = 0;
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? '';
          usage = chunk.usage ?? usage;
          chunks += 1;
        }
        return [text, usage, chunks];
    """)
    assert text.split() == ["tick"] * 20 and chunks > 5
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_the_stream_helper_gathers_tool_calls(node):
    """It accumulates the pieces, and throws where they do not fit together."""
    reply, pieces = node("""
        const stream = api.chat.completions.stream({
          model, tools: [tool], messages: [{ role: 'user', content: 'call tool weather {"city": "Hangzhou"}' }],
        });
        let pieces = '';
        stream.on('tool_calls.function.arguments.delta', (event) => { pieces += event.arguments_delta; });
        return [await stream.finalChatCompletion(), pieces];
    """)
    call = reply["choices"][0]["message"]["tool_calls"][0]
    assert reply["choices"][0]["finish_reason"] == "tool_calls" and call["id"]
    assert json.loads(call["function"]["arguments"]) == json.loads(pieces) == {"city": "Hangzhou"}


def test_run_tools_answers_with_what_the_tool_says(node):
    """The package's own loop: it calls the function and asks again with its result."""
    said, cities = node("""
        const cities = [];
        const weather = ({ city }) => { cities.push(city); return 'say It is sunny.'; };
        const runner = api.chat.completions.runTools({
          model, messages: [{ role: 'user', content: 'call tool weather {"city": "Hangzhou"}' }],
          tools: [{ type: 'function', function: { ...tool.function, function: weather, parse: JSON.parse } }],
        });
        return [await runner.finalContent(), cities];
    """)
    assert said == "It is sunny." and cities == ["Hangzhou"]


def test_parse_takes_a_schema(node):
    person = node("""
        const reply = await api.chat.completions.parse({
          model, messages: [{ role: 'user', content: 'Who is it?' }],
          response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: {
            type: 'object', additionalProperties: false, required: ['name', 'age'],
            properties: { name: { type: 'string' }, age: { type: 'integer' } } } } },
        });
        return JSON.parse(reply.choices[0].message.content);
    """)
    assert isinstance(person["name"], str) and isinstance(person["age"], int)


def test_embeddings(node):
    """The package asks for base64 by itself, and takes whatever comes for that."""
    packed, plain, asked = node("""
        const input = ['one', 'two'];
        const asked = [];
        const watched = api.withOptions({ fetch: (url, init) => { asked.push(init.body); return fetch(url, init); } });
        const packed = await watched.embeddings.create({ model, input });
        const plain = await api.embeddings.create({ model, input, encoding_format: 'float' });
        return [packed.data.map((one) => one.embedding), plain.data.map((one) => one.embedding), asked];
    """)
    assert json.loads(asked[0])["encoding_format"] == "base64"
    assert len(packed) == 2 and packed[0] == pytest.approx(plain[0], abs=1e-6)
    assert packed[1] == pytest.approx(plain[1], abs=1e-6) and packed[0] != packed[1]


def test_models(node):
    listed, one = node("""
        const listed = [];
        for await (const one of api.models.list()) listed.push(one.id);
        return [listed, await api.models.retrieve(model)];
    """)
    assert MODEL in listed and one["id"] == MODEL and one["object"] == "model"


def test_responses(node):
    whole, streamed = node("""
        const whole = await api.responses.create({ model, store: false, input: 'say Hello there' });
        let streamed = '';
        const stream = await api.responses.create({ model, store: false, input: 'say Hello there', stream: true });
        for await (const event of stream) {
          if (event.type === 'response.output_text.delta') streamed += event.delta;
        }
        return [whole.output_text, streamed];
    """)
    assert whole == streamed == "Hello there"


def test_completions(node):
    text = node("return (await api.completions.create({ model, prompt: 'say x', max_tokens: 20 })).choices[0].text;")
    assert text.startswith("=> ")


@pytest.mark.parametrize("code, name, status, error_code", [
    ("await api.chat.completions.create({ model: 'none', messages: [{ role: 'user', content: 'x' }] });",
     "NotFoundError", 404, "model_not_found"),
    ("await api.models.retrieve('none');", "NotFoundError", 404, "model_not_found"),
    ("await api.chat.completions.create({ model, messages: [] });", "BadRequestError", 400, None),
    ("await api.chat.completions.create({ model: 'none', stream: true, messages: [{ role: 'user', content: 'x' }] });",
     "NotFoundError", 404, "model_not_found"),
    ("await api.images.generate({ prompt: 'a cat', model });", "InternalServerError", 501, "not_implemented"),
], ids=["model", "retrieve", "empty", "stream", "missing"])
def test_errors(node, code, name, status, error_code):
    with pytest.raises(Thrown) as thrown:
        node(code)
    assert name in thrown.value.classes and "APIError" in thrown.value.classes
    assert thrown.value.status == status and thrown.value.message
    assert error_code in (None, thrown.value.code)


def test_a_wrong_key(node):
    with pytest.raises(Thrown) as thrown:
        node("await api.models.list();", key="sk-nobody")
    assert "AuthenticationError" in thrown.value.classes and thrown.value.code == "invalid_api_key"


def test_a_key_that_used_up_its_tokens(node, models):
    _, key = models.make_key("--name", "poor", "--tokens-per-minute", "40")
    asks = "return await api.chat.completions.create({ model, messages: [{ role: 'user', content: 'repeat 9 x' }] });"
    with pytest.raises(Thrown) as thrown:
        for _ in range(10):
            node(asks, key=key)
    assert "RateLimitError" in thrown.value.classes and thrown.value.code == "rate_limit_exceeded"


def test_a_client_that_leaves(node):
    seen, aborted, after = node("""
        const messages = [{ role: 'user', content: 'repeat 5000 tick' }];
        const stream = await api.chat.completions.create({ model, stream: true, messages });
        let seen = 0;
        for await (const chunk of stream) {
          if (++seen === 3) stream.controller.abort();
        }
        const next = await api.chat.completions.create({
          model, messages: [{ role: 'user', content: 'say still here' }] });
        return [seen, stream.controller.signal.aborted, next.choices[0].message.content];
    """)
    assert 3 <= seen < 5000 and aborted and after == "still here"


def test_a_file(node):
    """It sends the file before its purpose."""
    made, content, listed, deleted = node("""
        const file = await OpenAI.toFile(Buffer.from('{}\\n'), 'a.jsonl');
        const made = await api.files.create({ file, purpose: 'batch' });
        const content = await (await api.files.content(made.id)).text();
        const listed = [];
        for await (const one of api.files.list({ limit: 1 })) listed.push(one.id);
        return [made, content, listed, await api.files.delete(made.id)];
    """)
    assert (made["filename"], made["bytes"], made["purpose"], content) == ("a.jsonl", 3, "batch", "{}\n")
    assert made["id"] in listed and deleted["deleted"]


def test_a_response_is_kept_and_gone_on_from(node):
    kept, items = node("""
        const first = await api.responses.create({ model, input: 'say One' });
        const second = await api.responses.create({ model, input: 'say Two', previous_response_id: first.id });
        const items = [];
        for await (const item of api.responses.inputItems.list(second.id, { order: 'asc' })) items.push(item);
        return [await api.responses.retrieve(first.id), items];
    """)
    assert kept["output"][0]["content"][0]["text"] == "One"
    assert [item["content"][0]["text"] for item in items] == ["say One", "One", "say Two"]


def test_a_batch(node):
    said, counts, listed, cancelled = node("""
        const line = (id) => JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions',
                                              body: { model, messages: [{ role: 'user', content: `say ${id}` }] } });
        const file = await OpenAI.toFile(Buffer.from(`${line('a')}\\n${line('b')}\\n`), 'in.jsonl');
        const input = await api.files.create({ file, purpose: 'batch' });
        const made = () => api.batches.create({ input_file_id: input.id, endpoint: '/v1/chat/completions',
                                                completion_window: '24h' });
        let batch = await made();
        while (!batch.output_file_id) batch = await api.batches.retrieve(batch.id);
        const output = await (await api.files.content(batch.output_file_id)).text();
        const said = output.trim().split('\\n').map((text) => JSON.parse(text))
          .map((one) => [one.custom_id, one.response.body.choices[0].message.content]);
        const listed = [];
        for await (const one of api.batches.list({ limit: 1 })) listed.push(one.id);
        const cancelled = await made().then((other) => api.batches.cancel(other.id)).catch((error) => error);
        return [said, batch.request_counts, listed.includes(batch.id), cancelled.status];
    """)
    assert said == [["a", "a"], ["b", "b"]] and counts == {"total": 2, "completed": 2, "failed": 0}
    # One that has ended by then cannot be cancelled.
    assert listed and cancelled in ("cancelling", "cancelled", 400)
