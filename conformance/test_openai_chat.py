"""Chat completions through the openai package."""

import json

import openai
import pytest

from harness.models import MODEL

TOOL = {"type": "function", "function": {
    "name": "weather", "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


@pytest.fixture(params=["/v1", "/compatible-mode/v1"], ids=["v1", "compatible"])
def api(request, models):
    return openai.OpenAI(base_url=models.url + request.param, api_key=models.key, max_retries=0)


def ask(api, text, **more):
    return api.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": text}], **more)


def test_answers(api):
    reply = ask(api, "say Hello there", temperature=0)
    assert reply.choices[0].message.content == "Hello there"
    assert reply.choices[0].message.role == "assistant"
    assert reply.choices[0].finish_reason == "stop"
    assert reply.object == "chat.completion" and reply.id.startswith("chatcmpl-")
    assert reply.usage.prompt_tokens > 0 and reply.usage.completion_tokens > 0
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.usage.prompt_tokens_details.cached_tokens >= 0
    assert reply._request_id.startswith("req_")


def test_streams(api):
    chunks = list(ask(api, "repeat 20 tick", stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text.split() == ["tick"] * 20
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens > 0
    assert len(chunks) > 5, "it did not come piece by piece"


def test_a_stream_has_no_usage_unless_asked(api):
    assert all(chunk.usage is None for chunk in ask(api, "say x", stream=True))


def test_the_whole_and_the_stream_say_the_same(api):
    whole = ask(api, "say Grüße, 世界 🌍").choices[0].message.content
    streamed = "".join(c.choices[0].delta.content or "" for c in ask(api, "say Grüße, 世界 🌍", stream=True))
    assert whole == streamed == "Grüße, 世界 🌍"


def test_several_choices(api):
    reply = ask(api, "say x", n=3)
    assert [choice.index for choice in reply.choices] == [0, 1, 2]
    assert {choice.message.content for choice in reply.choices} == {"x"}
    seen = {chunk.choices[0].index for chunk in ask(api, "say x", n=3, stream=True)}
    assert seen == {0, 1, 2}


def test_stops_and_limits(api):
    stopped = ask(api, "say one two three", stop=["two"])
    assert stopped.choices[0].message.content == "one " and stopped.choices[0].finish_reason == "stop"
    for limit in ("max_tokens", "max_completion_tokens"):
        short = ask(api, "repeat 50 word", **{limit: 3})
        assert short.choices[0].finish_reason == "length"
        assert short.usage.completion_tokens == 3


def test_logprobs(api):
    reply = ask(api, "say ab", logprobs=True, top_logprobs=2)
    content = reply.choices[0].logprobs.content
    assert "".join(one.token for one in content).startswith("ab")
    assert all(one.logprob <= 0 and len(one.top_logprobs) == 2 for one in content)


def test_json_that_fits_a_schema(api):
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
              "required": ["name", "age"], "additionalProperties": False}
    reply = ask(api, "Who is it?", response_format={
        "type": "json_schema", "json_schema": {"name": "person", "schema": schema, "strict": True}})
    person = json.loads(reply.choices[0].message.content)
    assert isinstance(person["name"], str) and isinstance(person["age"], int)
    plain = ask(api, "say json", response_format={"type": "json_object"})
    assert isinstance(json.loads(plain.choices[0].message.content), dict)


def test_a_schema_that_would_not_be_kept(api):
    """Refused where it is to be kept strictly, as OpenAI does; else what can be kept is."""
    schema = {"type": "object", "properties": {"tags": {"type": "array", "uniqueItems": True}}, "required": ["tags"]}
    with pytest.raises(openai.BadRequestError, match="'uniqueItems' is not supported in 'properties.tags'") as refused:
        ask(api, "hello", response_format={
            "type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": schema}})
    assert refused.value.param == "response_format.json_schema.schema" and refused.value.code == "invalid_json_schema"
    with pytest.raises(openai.BadRequestError):
        ask(api, "hello", tools=[{"type": "function", "function": {"name": "f", "strict": True, "parameters": schema}}])
    loose = ask(api, "hello", response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}})
    assert json.loads(loose.choices[0].message.content) == {"tags": []}


def test_tools(api):
    reply = ask(api, 'call tool weather {"city": "Hangzhou"}', tools=[TOOL])
    choice = reply.choices[0]
    assert choice.finish_reason == "tool_calls"
    call = choice.message.tool_calls[0]
    assert call.id and call.type == "function" and call.function.name == "weather"
    assert json.loads(call.function.arguments) == {"city": "Hangzhou"}
    answered = api.chat.completions.create(model=MODEL, tools=[TOOL], messages=[
        {"role": "user", "content": "call tool weather {}"},
        choice.message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "say It is sunny."}])
    assert answered.choices[0].message.content == "It is sunny."


def test_streamed_tools(api):
    name = arguments = identity = ""
    ends = []
    for chunk in ask(api, 'call tool weather {"city": "Hangzhou"}', tools=[TOOL], stream=True):
        ends.append(chunk.choices[0].finish_reason)
        for part in chunk.choices[0].delta.tool_calls or []:
            assert part.index == 0
            identity += part.id or ""
            name += part.function.name or ""
            arguments += part.function.arguments or ""
    assert identity and name == "weather" and json.loads(arguments) == {"city": "Hangzhou"}
    assert ends[-1] == "tool_calls"


def test_a_tool_that_must_be_called(api):
    for choice in ("required", {"type": "function", "function": {"name": "weather"}}):
        reply = ask(api, "hello", tools=[TOOL], tool_choice=choice)
        assert reply.choices[0].message.tool_calls[0].function.name == "weather"
        assert "city" in json.loads(reply.choices[0].message.tool_calls[0].function.arguments)


def test_content_in_parts(api):
    reply = api.chat.completions.create(model=MODEL, messages=[
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "say parts"}]}])
    assert reply.choices[0].message.content == "parts"


def test_a_client_that_leaves(api):
    stream = ask(api, "repeat 2000 tick", stream=True)
    next(iter(stream))
    stream.close()
    assert ask(api, "say still here").choices[0].message.content == "still here"
