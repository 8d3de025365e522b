"""A small real model, where what it answers matters; the packages' ways with the protocol are in the other files."""

import base64
import json
import math
import struct

import dashscope
import jsonschema
import openai
import pytest

from clients.node_models import node_models
from harness.models import CHAT_MODEL, EMBEDDING_MODEL

SYSTEM = {"role": "system", "content": "You are a helpful assistant."}
FRANCE = [SYSTEM, {"role": "user", "content": "What is the capital of France?"}]
FOOD, MEAL, STOCKS = "A man is eating food.", "Someone eats a meal.", "The stock market fell."
TOOL = {"type": "function", "function": {
    "name": "weather", "description": "The weather of a city in the next days.",
    "parameters": {"type": "object", "additionalProperties": False, "required": ["city", "unit", "days"],
                   "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]},
                                  "days": {"type": "integer", "minimum": 1, "maximum": 7}}}}}


@pytest.fixture(scope="module")
def api(real_models):
    return openai.OpenAI(base_url=real_models.url + "/v1", api_key=real_models.key, max_retries=0)


@pytest.fixture
def studio(real_models, monkeypatch):
    """The dashscope package, pointed here."""
    monkeypatch.setattr(dashscope, "base_http_api_url", real_models.url + "/api/v1")
    monkeypatch.setattr(dashscope, "api_key", real_models.key)
    return dashscope


def ask(api, messages, **more):
    if isinstance(messages, str):
        messages = [SYSTEM, {"role": "user", "content": messages}]
    return api.chat.completions.create(model=CHAT_MODEL, messages=messages, **({"temperature": 0} | more))


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b)


def test_it_knows_the_capital_of_france(api, studio, real_models):
    assert "Paris" in ask(api, FRANCE).choices[0].message.content
    reply = studio.Generation.call(model=CHAT_MODEL, messages=FRANCE, temperature=0, result_format="message")
    assert "Paris" in reply.output.choices[0].message.content
    assert "Paris" in node_models().run("""
        const model = createQwen({ baseURL: url, apiKey: key })(name);
        return (await ai4.generateText({ model, messages, temperature: 0 })).text;
    """, url=real_models.url + "/compatible-mode/v1", key=real_models.key, name=CHAT_MODEL, messages=FRANCE)


def test_it_streams_what_it_says_as_a_whole(api, studio):
    whole = ask(api, FRANCE).choices[0].message.content
    pieces = [chunk.choices[0].delta.content or "" for chunk in ask(api, FRANCE, stream=True)]
    assert "".join(pieces) == whole and len(pieces) > 5
    events = studio.Generation.call(model=CHAT_MODEL, messages=FRANCE, temperature=0, result_format="message",
                                    stream=True, incremental_output=True)
    assert "".join(event.output.choices[0].message.content for event in events) == whole


def test_a_tool_is_called_as_its_schema_says(api, studio):
    question = "How will the weather be in Paris?"
    call = ask(api, question, tools=[TOOL], tool_choice="required").choices[0].message.tool_calls[0]
    assert call.function.name == "weather"
    jsonschema.validate(json.loads(call.function.arguments), TOOL["function"]["parameters"])
    reply = studio.Generation.call(model=CHAT_MODEL, messages=[SYSTEM, {"role": "user", "content": question}],
                                   tools=[TOOL], tool_choice={"type": "function", "function": {"name": "weather"}},
                                   temperature=0, result_format="message")
    arguments = reply.output.choices[0].message.tool_calls[0]["function"]["arguments"]
    jsonschema.validate(json.loads(arguments), TOOL["function"]["parameters"])


def test_a_tool_whose_schema_refers_to_itself(api):
    """As pydantic writes nested models."""
    parameters = {"$defs": {"Place": record(city={"type": "string"})}, **record(place={"$ref": "#/$defs/Place"})}
    tool = {"type": "function", "function": {"name": "weather", "description": "d", "parameters": parameters}}
    call = ask(api, "How is the weather in Paris?", tools=[tool], tool_choice="required").choices[0].message.tool_calls[0]
    jsonschema.validate(json.loads(call.function.arguments), parameters)


def record(**properties):
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


DIGIT = {"type": "integer", "minimum": 0, "maximum": 9}
SCHEMAS = {
    "enum": record(mood={"enum": ["froh", "ärgerlich", "高兴", 7, None]}),
    "nested arrays": record(matrix={"type": "array", "minItems": 2, "maxItems": 2, "items": {
        "type": "array", "minItems": 3, "maxItems": 3, "items": DIGIT}}),
    "bounds": record(age={"type": "integer", "minimum": 18, "maximum": 21},
                     year={"type": "integer", "exclusiveMinimum": 1999, "exclusiveMaximum": 2002},
                     cold={"type": "integer", "minimum": -12, "maximum": -3}),
    "bounds of decimals": record(share={"type": "number", "minimum": 0, "maximum": 1},
                                 change={"type": ["number", "null"], "exclusiveMinimum": -2.5, "maximum": -0.25}),
    "unicode": record(**{"名前": {"type": "string", "minLength": 1, "maxLength": 12}, "größe \"x\"": {"type": "boolean"}}),
    "$ref": {"$defs": {"digit": DIGIT, "point": record(x={"$ref": "#/$defs/digit"}, y={"$ref": "#/$defs/digit"})},
             **record(a={"$ref": "#/$defs/point"}, b={"$ref": "#/$defs/point"})},
    "oneOf": {"oneOf": [record(cat={"type": "boolean"}), record(legs=DIGIT)]},
    "anyOf with null": record(nick={"anyOf": [{"type": "null"}, {"type": "string", "maxLength": 8}]}),
    "pattern": record(code={"type": "string", "pattern": "^[A-Z]{3}-[0-9]{2}$"}),
    "date": record(day={"type": "string", "format": "date"}),
    "tuple": record(pair={"type": "array", "prefixItems": [{"type": "boolean"}, DIGIT], "items": False,
                          "minItems": 2}),
    "array at the top": {"type": "array", "items": {"const": "x"}, "minItems": 3, "maxItems": 3},
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_json_keeps_to_its_schema(api, schema):
    reply = ask(api, "Describe somebody as JSON.", max_tokens=150, response_format={
        "type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}})
    assert reply.choices[0].finish_reason == "stop"
    jsonschema.validate(json.loads(reply.choices[0].message.content), schema)


def test_a_seed_repeats(api):
    def story(seed):
        return ask(api, "Tell me a story.", temperature=1.5, max_tokens=16, seed=seed).choices[0].message.content
    assert story(1) == story(1)
    assert len({story(seed) for seed in range(1, 4)}) > 1


def test_several_choices_differ(api):
    reply = ask(api, "Tell me a story.", temperature=1.5, max_tokens=16, seed=5, n=2)
    first, second = (choice.message.content for choice in reply.choices)
    assert first != second and reply.usage.completion_tokens == 32


def test_a_stop_is_not_said(api):
    full = ask(api, FRANCE).choices[0].message.content
    cut = ask(api, FRANCE, stop=[" is"]).choices[0]
    assert cut.finish_reason == "stop" and cut.message.content == full.split(" is")[0]
    # Streamed, nothing of it may slip out before it is known to be one.
    streamed = [chunk.choices[0].delta.content or "" for chunk in ask(api, FRANCE, stop=["France is"], stream=True)]
    assert "".join(streamed) == full.split("France is")[0]


def test_probabilities(api):
    reply = ask(api, FRANCE, logprobs=True, top_logprobs=20)
    tokens = reply.choices[0].logprobs.content
    assert "".join(token.token for token in tokens) == reply.choices[0].message.content
    assert len(tokens) == reply.usage.completion_tokens
    for token in tokens:
        likely = [math.exp(other.logprob) for other in token.top_logprobs]
        assert len(likely) == 20 and sorted(likely, reverse=True) == likely and sum(likely) <= 1.0001
        # Without a temperature it says what is likeliest.
        assert token.token == token.top_logprobs[0].token
        assert token.logprob == pytest.approx(token.top_logprobs[0].logprob, abs=1e-4)
    assert "Paris" in "".join(token.token for token in tokens if token.logprob > math.log(0.5))


def test_usage_counts_tokens(api, studio):
    def count(text):
        return studio.Tokenization.call(model=CHAT_MODEL, prompt=text).usage["input_tokens"]
    prompt = "The capital of France is"
    reply = api.completions.create(model=CHAT_MODEL, prompt=prompt, max_tokens=3, temperature=0)
    assert reply.usage.prompt_tokens == count(prompt) == 5
    assert reply.usage.completion_tokens == 3 and reply.choices[0].finish_reason == "length"
    said = ask(api, FRANCE)
    # The template of this model: <|im_start|>ROLE\nTEXT<|im_end|>\n for each message, and where the answer begins.
    chat = sum(1 + count(f"{one['role']}\n{one['content']}") + 1 + count("\n") for one in FRANCE)
    assert said.usage.prompt_tokens == chat + 1 + count("assistant\n")
    assert said.usage.completion_tokens == count(said.choices[0].message.content)


def test_a_prompt_asked_before_is_cached(api):
    again = [ask(api, FRANCE).usage for _ in range(2)][-1]
    assert again.prompt_tokens_details.cached_tokens > again.prompt_tokens / 2


def test_what_is_alike_is_near(api, studio):
    reply = api.embeddings.create(model=EMBEDDING_MODEL, input=[FOOD, MEAL, STOCKS])
    food, meal, stocks = (one.embedding for one in reply.data)
    # From the package's own weights, computed with 64-bit floats and apart from llama.cpp.
    assert cosine(food, meal) == pytest.approx(0.76142, abs=1e-3)
    assert cosine(food, stocks) == pytest.approx(-0.03647, abs=1e-3)
    assert food[:8] == pytest.approx([0.03324, 0.00441, -0.00628, 0.04838, -0.1387, -0.03362, 0.10113, -0.05438],
                                     abs=1e-3)
    assert len(food) == 384 and math.hypot(*food) == pytest.approx(1, abs=1e-4)
    assert reply.usage.prompt_tokens == 8 + 7 + 7
    other = studio.TextEmbedding.call(model=EMBEDDING_MODEL, input=FOOD).output["embeddings"][0]["embedding"]
    assert cosine(other, food) == pytest.approx(1, abs=1e-5)


def test_base64_and_floats_are_the_same_vector(api):
    packed, floats = (api.embeddings.create(model=EMBEDDING_MODEL, input=FOOD, encoding_format=form).data[0].embedding
                      for form in ("base64", "float"))
    data = base64.b64decode(packed)
    assert struct.unpack(f"<{len(data) // 4}f", data) == pytest.approx(floats, abs=1e-6)


def test_the_wrong_model_is_told_so(api):
    with pytest.raises(openai.BadRequestError, match="embedding"):
        api.embeddings.create(model=CHAT_MODEL, input="x")
    with pytest.raises(openai.BadRequestError, match="generate|chat"):
        api.chat.completions.create(model=EMBEDDING_MODEL, messages=FRANCE)
