"""The Vercel AI SDK: qwen-ai-provider with the SDK's version 4, @ai-sdk/openai-compatible with version 6."""

import pytest

from clients.node_models import Thrown, node_models
from harness.models import MODEL

PROVIDERS = {
    "qwen": "const ai = ai4, provider = createQwen({ baseURL: url, apiKey: key });",
    "openai-compatible": """const ai = ai6, provider = createOpenAICompatible({
        name: 'lakeside', baseURL: url, apiKey: key, includeUsage: true, supportsStructuredOutputs: true });""",
}
COMMON = """
    const model = provider(name);
    const city = z.object({ city: z.string() });
    const weather = { description: 'The weather of a city.', parameters: city, inputSchema: city,
                      execute: async ({ city }) => `say It is sunny in ${city}.` };
"""


@pytest.fixture(params=PROVIDERS)
def sdk(request, models):
    def run(code, key=models.key, name=MODEL):
        return node_models().run(PROVIDERS[request.param] + COMMON + code, url=models.url + "/compatible-mode/v1",
                                 key=key, name=name)
    return run


def test_generate_text(sdk):
    text, end, usage = sdk("""
        const reply = await ai.generateText({ model, system: 'Be brief.', prompt: 'say Grüße, 世界', maxRetries: 0 });
        return [reply.text, reply.finishReason, reply.usage];
    """)
    assert text == "Grüße, 世界" and end == "stop" and usage["totalTokens"] > 0


def test_stream_text(sdk):
    pieces, end, usage = sdk("""
        const reply = ai.streamText({ model, prompt: 'repeat 20 tick' });
        const pieces = [];
        for await (const piece of reply.textStream) pieces.push(piece);
        return [pieces, await reply.finishReason, await reply.usage];
    """)
    assert "".join(pieces).split() == ["tick"] * 20 and len(pieces) > 5
    assert end == "stop" and usage["totalTokens"] > 0


@pytest.mark.parametrize("asks", ["await ai.generateText", "ai.streamText"], ids=["whole", "streamed"])
def test_tools_run_in_steps(sdk, asks):
    """The SDK calls the tool itself, and asks again with its result."""
    text, calls = sdk(f"""
        const reply = {asks}({{
          model, prompt: 'call tool weather {{"city": "Hangzhou"}}', tools: {{ weather }},
          maxSteps: 3, stopWhen: ai.stepCountIs?.(3),
        }});
        if (reply.consumeStream) await reply.consumeStream();
        const steps = await reply.steps;
        return [await reply.text, steps[0].toolCalls.map((call) => [call.toolName, call.args ?? call.input])];
    """)
    # Version 4 gives the model every result as JSON, texts too.
    assert "It is sunny in Hangzhou." in text
    assert calls == [["weather", {"city": "Hangzhou"}]]


def test_a_tool_that_must_be_called(sdk):
    for choice in ("'required'", "{ type: 'tool', toolName: 'weather' }"):
        calls = sdk(f"""
            const {{ execute, ...bare }} = weather;
            const reply = await ai.generateText({{
              model, prompt: 'hello', tools: {{ weather: bare }}, toolChoice: {choice} }});
            return reply.toolCalls.map((call) => [call.toolName, call.args ?? call.input]);
        """)
        assert [name for name, _ in calls] == ["weather"] and isinstance(calls[0][1]["city"], str)


def test_generate_object(sdk):
    """qwen-ai-provider asks for any JSON, or for a call of a tool; the other sends the schema."""
    person = sdk("""
        const schema = z.object({ name: z.string(), age: z.number().int(), tags: z.array(z.enum(['a', 'b'])) });
        const reply = await ai.generateObject({ model, schema, mode: 'tool', prompt: 'Who is it?', maxRetries: 0 });
        return reply.object;
    """)
    assert isinstance(person["name"], str) and isinstance(person["age"], int) and isinstance(person["tags"], list)


def test_stream_object(sdk):
    """In JSON mode: qwen-ai-provider tells the schema in words, which the fake model does not read."""
    whole = sdk("""
        const schema = z.object({ answer: z.number().optional() });
        const reply = ai.streamObject({ model, schema, mode: 'json', prompt: 'say json' });
        for await (const part of reply.partialObjectStream) { /* to its end */ }
        return await reply.object;
    """)
    assert isinstance(whole, dict) and set(whole) <= {"answer"}


def test_embed_many(sdk):
    vectors, usage = sdk("""
        const of = (provider.textEmbeddingModel ?? provider.embeddingModel).call(provider, name);
        const reply = await ai.embedMany({ model: of, values: ['one', 'two', 'one'] });
        return [reply.embeddings, reply.usage];
    """)
    assert vectors[0] == vectors[2] != vectors[1] and usage["tokens"] > 0


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("key, name, status", [("sk-nobody", MODEL, 401), (None, "none", 404)], ids=["key", "model"])
def test_errors(request, sdk, models, key, name, status, stream):
    asks = """
        let failure;
        const reply = ai.streamText({ model, prompt: 'x', maxRetries: 0, onError: ({ error }) => { failure = error; } });
        await reply.consumeStream();
        throw failure;
    """ if stream else "await ai.generateText({ model, prompt: 'x', maxRetries: 0 });"
    with pytest.raises(Thrown) as thrown:
        sdk(asks, key=key or models.key, name=name)
    assert thrown.value.name == "AI_APICallError" and thrown.value.status == status
    # qwen-ai-provider looks for the message elsewhere than where Model Studio has it, and tells the status alone.
    if request.node.callspec.params["sdk"] != "qwen":
        assert ("key" if status == 401 else "none") in thrown.value.message


def test_a_key_that_used_up_its_tokens(sdk, models):
    _, key = models.make_key("--name", "poor", "--tokens-per-minute", "40")
    with pytest.raises(Thrown) as thrown:
        for _ in range(10):
            sdk("return (await ai.generateText({ model, prompt: 'repeat 9 x', maxRetries: 0 })).text;", key=key)
    assert thrown.value.name == "AI_APICallError" and thrown.value.status == 429


def test_a_client_that_leaves(sdk):
    seen, after = sdk("""
        const stop = new AbortController();
        const reply = ai.streamText({ model, prompt: 'repeat 5000 tick', abortSignal: stop.signal, onError: () => {} });
        let seen = 0;
        try {
          for await (const piece of reply.textStream) if (++seen === 3) stop.abort();
        } catch (error) {
          if (error.name !== 'AbortError') throw error;
        }
        return [seen, (await ai.generateText({ model, prompt: 'say still here' })).text];
    """)
    assert 3 <= seen < 5000 and after == "still here"
