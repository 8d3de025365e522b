"""Parameters of OpenAI's API have their effect on a real model."""

import json

import openai
import pytest

from harness.models import CHAT_MODEL, EMBEDDING_MODEL

SYSTEM = {"role": "system", "content": "You are a helpful assistant."}
QUESTION = "What is the capital of France?"
SAME = "one one one one one one one one one one"
TOOLS = [{"type": "function", "function": {"name": name, "description": f"The {name} of a city.", "parameters": {
    "type": "object", "additionalProperties": False, "required": ["city"],
    "properties": {"city": {"type": "string", "maxLength": 20}}}}} for name in ("weather", "population")]


@pytest.fixture(scope="module")
def api(real_models):
    return openai.OpenAI(base_url=real_models.url + "/v1", api_key=real_models.key, max_retries=0)


def ask(api, text=QUESTION, **more):
    return api.chat.completions.create(**({"model": CHAT_MODEL, "temperature": 0, "max_tokens": 24, "messages": [
        SYSTEM, {"role": "user", "content": text}]} | more))


def said(api, text=QUESTION, **more) -> str:
    return ask(api, text, **more).choices[0].message.content


def go_on(api, prompt=SAME, **more) -> str:
    return api.completions.create(**({"model": CHAT_MODEL, "prompt": prompt, "max_tokens": 24, "temperature": 0} | more)
                                  ).choices[0].text


def token_of(real_models, text: str) -> int:
    status, _, answer = real_models.send("POST", "/api/v1/tokenizer", {"model": CHAT_MODEL, "input": {"prompt": text}})
    ids = json.loads(answer)["output"]["token_ids"]
    assert status == 200 and len(ids) == 1, answer
    return ids[0]


def test_what_is_always_likeliest(api):
    greedy = said(api)
    hot = {"temperature": 2, "seed": 1}
    assert said(api, **hot) != greedy
    assert said(api, **hot, top_p=0.0001) == greedy
    for extra in ({"top_k": 1}, {"min_p": 1}):
        assert said(api, **hot, extra_body=extra) == greedy, extra


def test_logit_bias(api, real_models):
    paris, no = (token_of(real_models, text) for text in (" Paris", " no"))
    assert " Paris" in said(api)
    assert " Paris" not in said(api, logit_bias={str(paris): -100})
    assert said(api, logit_bias={str(no): 100}, max_tokens=4) == " no" * 4
    assert go_on(api, logit_bias={str(no): 100}, max_tokens=4) == " no" * 4


@pytest.mark.parametrize("penalty", [{"frequency_penalty": 2}, {"presence_penalty": 2},
                                     {"extra_body": {"repetition_penalty": 1.8}}], ids=lambda one: str(one))
def test_penalties(api, penalty):
    def kinds(text):
        return len(set(text.split()))
    assert kinds(go_on(api)) == 1
    assert kinds(go_on(api, **penalty)) > 3
    assert kinds(go_on(api, **{**penalty, **({"frequency_penalty": 0} if "frequency_penalty" in penalty else
                                             {"presence_penalty": 0} if "presence_penalty" in penalty else
                                             {"extra_body": {"repetition_penalty": 1}})})) == 1


def test_n_counts_its_prompt_once(api):
    one, three = ask(api), ask(api, n=3)
    assert [choice.message.content for choice in three.choices] == [one.choices[0].message.content] * 3
    assert [choice.index for choice in three.choices] == [0, 1, 2]
    assert three.usage.prompt_tokens == one.usage.prompt_tokens
    assert three.usage.completion_tokens == 3 * one.usage.completion_tokens


def test_n_streamed_with_its_usage(api):
    whole, texts, usage = ask(api, n=2, temperature=1.2, seed=3), ["", ""], []
    for chunk in ask(api, n=2, temperature=1.2, seed=3, stream=True, stream_options={"include_usage": True}):
        usage += [chunk.usage] if chunk.usage else []
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
    assert texts == [choice.message.content for choice in whole.choices] and texts[0] != texts[1]
    assert [one.completion_tokens for one in usage] == [whole.usage.completion_tokens]


def test_several_stops(api):
    full = said(api)
    for stops in (["nowhere", " France", " Paris", "?"], " France", ["Paris", "France", "of"]):
        cut = ask(api, stop=stops).choices[0]
        ends = [full.find(stop) for stop in ([stops] if isinstance(stops, str) else stops) if stop in full]
        assert cut.message.content == full[:min(ends)] and cut.finish_reason == "stop"
    with pytest.raises(openai.BadRequestError, match="stop"):
        ask(api, stop=["x"] * 100)


def test_logprobs_streamed(api):
    whole = ask(api, logprobs=True, top_logprobs=2).choices[0].logprobs.content
    pieces = [token for chunk in ask(api, logprobs=True, top_logprobs=2, stream=True) for choice in chunk.choices
              if choice.logprobs for token in choice.logprobs.content or []]
    assert [token.token for token in pieces] == [token.token for token in whole]
    assert [token.logprob for token in pieces] == pytest.approx([token.logprob for token in whole], abs=0.05)
    assert all(len(token.top_logprobs) == 2 and bytes(token.bytes).decode() == token.token for token in pieces)
    with pytest.raises(openai.BadRequestError, match="top_logprobs"):
        ask(api, top_logprobs=2)


def test_no_tool_where_none_is_wanted(api):
    reply = ask(api, "How is the weather in Paris?", tools=TOOLS, tool_choice="none").choices[0]
    assert reply.message.content and not reply.message.tool_calls


def schema_of(schema):
    return {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}


@pytest.mark.parametrize("schema", [
    {"$ref": "#/$defs/nowhere"}, {"type": "integer", "minimum": 5, "maximum": 3}, {"enum": []},
    {"type": "array", "items": {"const": 1}, "minItems": 3, "maxItems": 2},
    {"type": "string", "minLength": 5, "maxLength": 2}, {"type": "unheard of"}, {"type": "object", "properties": 5},
    {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"], "additionalProperties": False},
    {"$ref": "https://example.com/schema.json"}, {"anyOf": []}],
    ids=["no such $ref", "no number", "nothing", "no array", "no text", "type", "properties", "endless",
         "elsewhere", "none of"])
def test_a_schema_that_nothing_fits(api, schema):
    with pytest.raises(openai.BadRequestError) as refused:
        ask(api, response_format=schema_of(schema))
    assert refused.value.param and refused.value.param.startswith("response_format"), refused.value
    assert "Paris" in said(api), "the others go on"


@pytest.mark.parametrize("schema", [
    {"type": "string", "pattern": "^((a{0,200}){0,200}){0,200}$"}, {"enum": [f"v{i}" for i in range(1001)]},
    {"type": "object", "properties": {f"p{i}": {"type": "string"} for i in range(201)}}],
    ids=["pattern", "enum", "properties"])
def test_a_schema_that_would_keep_the_model_busy(api, schema):
    """The first of these kept a model, and a server's stop, waiting for minutes."""
    with pytest.raises(openai.BadRequestError, match="repetitions|values|properties"):
        ask(api, response_format=schema_of(schema))
    tool = {"type": "function", "function": {"name": "a", "parameters": {
        "type": "object", "required": ["x"], "properties": {"x": schema}}}}
    for choice in ("required", "auto"):
        with pytest.raises(openai.BadRequestError, match="repetitions|values|properties"):
            ask(api, tools=[tool], tool_choice=choice)
    assert "Paris" in said(api), "the others go on"


def test_a_schema_beside_tools(api):
    answer = schema_of({"type": "object", "additionalProperties": False, "required": ["answer"],
                        "properties": {"answer": {"type": "integer", "minimum": 0, "maximum": 9}}})
    for choice in ("required", {"type": "function", "function": {"name": "weather"}}):
        called = ask(api, "How is the weather in Paris?", tools=TOOLS, tool_choice=choice, response_format=answer,
                     max_tokens=60).choices[0]
        assert called.message.tool_calls and called.finish_reason == "tool_calls"
    for choice in ("auto", "none"):
        reply = ask(api, "What is 2 + 2?", tools=TOOLS, tool_choice=choice, response_format=answer,
                    max_tokens=60).choices[0]
        assert reply.message.tool_calls or json.loads(reply.message.content)["answer"] in range(10)
        assert choice == "auto" or not reply.message.tool_calls


def test_a_call_that_is_cut_off_is_no_text(api):
    cut = ask(api, "How is the weather in Paris?", tools=TOOLS, tool_choice="required", max_tokens=14)
    assert cut.choices[0].finish_reason == "length" and not cut.choices[0].message.content
    streamed = ask(api, "How is the weather in Paris?", tools=TOOLS, tool_choice="required", max_tokens=14, stream=True)
    assert not "".join(chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices)


def test_a_prompt_that_is_too_long(api, real_models):
    long = "word " * 20_000
    for param, call in (("messages", lambda: ask(api, long)), ("prompt", lambda: go_on(api, long)),
                        ("input", lambda: api.responses.create(model=CHAT_MODEL, input=long)),
                        ("input", lambda: api.embeddings.create(model=EMBEDDING_MODEL, input=long))):
        with pytest.raises(openai.BadRequestError) as refused:
            call()
        assert refused.value.code == "context_length_exceeded" and refused.value.param == param, refused.value
    status, _, answer = real_models.send(
        "POST", "/api/v1/services/aigc/text-generation/generation", {"model": CHAT_MODEL, "input": {"prompt": long}})
    assert status == 400 and json.loads(answer)["code"] == "InvalidParameter"


def test_a_response_keeps_to_its_parameters(api):
    reply = api.responses.create(model=CHAT_MODEL, input=QUESTION, temperature=0, max_output_tokens=16, top_p=0.5,
                                 instructions="You are a helpful assistant.")
    assert reply.output_text.startswith(said(api, max_tokens=5)) and reply.top_p == 0.5 and reply.max_output_tokens == 16
    with pytest.raises(openai.BadRequestError) as refused:
        api.responses.create(model=CHAT_MODEL, input="x", max_output_tokens=-1)
    assert refused.value.param == "max_output_tokens"
    tool = {"type": "function", **TOOLS[0]["function"]}
    called = api.responses.create(model=CHAT_MODEL, input="How is the weather in Paris?", tools=[tool], temperature=0,
                                  tool_choice={"type": "function", "name": "weather"})
    assert called.output[0].name == "weather" and json.loads(called.output[0].arguments)["city"]
    assert called.tools[0].name == "weather" and called.tool_choice.name == "weather"
    with pytest.raises(openai.BadRequestError) as refused:
        api.responses.create(model=CHAT_MODEL, input="x", text={"format": {"type": "json_schema", "name": "x"}})
    assert refused.value.param == "text.format.schema" or refused.value.param == "text.format", refused.value
