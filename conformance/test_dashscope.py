"""Text generation, embedding, reranking, tokens and models through the dashscope package."""

import asyncio
import http
import json
import math

import dashscope
import pytest

from harness.models import MODEL

TOOL = {"type": "function", "function": {
    "name": "weather", "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


@pytest.fixture(autouse=True)
def _address(models, monkeypatch):
    monkeypatch.setattr(dashscope, "base_http_api_url", models.url + "/api/v1")
    monkeypatch.setattr(dashscope, "api_key", models.key)


def said(text):
    return [{"role": "user", "content": text}]


def test_a_prompt():
    reply = dashscope.Generation.call(model=MODEL, prompt="say Hello there")
    assert reply.status_code == http.HTTPStatus.OK, reply
    assert reply.output.text == "Hello there" and reply.output.finish_reason == "stop"
    assert reply.usage.input_tokens > 0 and reply.usage.output_tokens > 0
    assert reply.request_id


def test_messages():
    reply = dashscope.Generation.call(model=MODEL, messages=said("say Hello there"), result_format="message")
    assert reply.output.choices[0].message.content == "Hello there"
    assert reply.output.choices[0].finish_reason == "stop"


def test_a_stream_of_all_so_far():
    events = list(dashscope.Generation.call(model=MODEL, messages=said("repeat 10 tick"), stream=True,
                                            result_format="message", incremental_output=False))
    texts = [event.output.choices[0].message.content for event in events]
    assert all(event.status_code == http.HTTPStatus.OK for event in events)
    assert len(texts) > 3 and all(b.startswith(a) for a, b in zip(texts, texts[1:]))
    assert texts[-1].split() == ["tick"] * 10
    assert [event.output.choices[0].finish_reason for event in events][-2:] == ["null", "stop"]


def test_a_stream_of_what_is_new():
    events = list(dashscope.Generation.call(model=MODEL, messages=said("repeat 10 tick"), stream=True,
                                            result_format="message", incremental_output=True))
    assert "".join(event.output.choices[0].message.content for event in events).split() == ["tick"] * 10
    assert events[-1].usage.output_tokens > 0


def test_a_stream_of_text():
    events = list(dashscope.Generation.call(model=MODEL, prompt="say Grüße, 世界", stream=True,
                                            incremental_output=True))
    assert "".join(event.output.text for event in events) == "Grüße, 世界"


def test_an_asynchronous_stream():
    async def collect():
        events = await dashscope.AioGeneration.call(model=MODEL, prompt="repeat 10 tick", stream=True,
                                                    incremental_output=True)
        return [event.output.text async for event in events]
    assert "".join(asyncio.run(collect())).split() == ["tick"] * 10


def test_tools():
    reply = dashscope.Generation.call(model=MODEL, messages=said('call tool weather {"city": "Hangzhou"}'),
                                      tools=[TOOL], result_format="message")
    choice = reply.output.choices[0]
    assert choice.finish_reason == "tool_calls"
    call = choice.message.tool_calls[0]
    assert call["function"]["name"] == "weather"
    assert json.loads(call["function"]["arguments"]) == {"city": "Hangzhou"}


def test_limits():
    reply = dashscope.Generation.call(model=MODEL, prompt="repeat 50 word", max_tokens=3)
    assert reply.output.finish_reason == "length" and reply.usage.output_tokens == 3


@pytest.mark.parametrize("stream", [False, True])
def test_errors(stream):
    def one(answer):
        return next(iter(answer)) if stream else answer
    reply = one(dashscope.Generation.call(model="none", prompt="x", stream=stream))
    assert reply.status_code == 404 and reply.code == "ModelNotFound" and reply.message and reply.request_id
    reply = one(dashscope.Generation.call(model=MODEL, prompt="x", temperature=9, stream=stream))
    assert reply.status_code == 400 and reply.code == "InvalidParameter" and "temperature" in reply.message
    reply = one(dashscope.Generation.call(model=MODEL, prompt="x", api_key="sk-nobody", stream=stream))
    assert reply.status_code == 401 and reply.code == "InvalidApiKey"


def test_embedding():
    reply = dashscope.TextEmbedding.call(model=MODEL, input=["one", "two"])
    assert reply.status_code == http.HTTPStatus.OK, reply
    assert [one["text_index"] for one in reply.output["embeddings"]] == [0, 1]
    assert math.hypot(*reply.output["embeddings"][0]["embedding"]) == pytest.approx(1, abs=1e-4)
    assert reply.usage["total_tokens"] > 0
    short = dashscope.TextEmbedding.call(model=MODEL, input="one", dimension=2)
    assert len(short.output["embeddings"][0]["embedding"]) == 2


def test_rerank():
    documents = ["no", "say the same", "something else"]
    reply = dashscope.TextReRank.call(model=MODEL, query="say the same", documents=documents, top_n=2,
                                      return_documents=True)
    assert reply.status_code == http.HTTPStatus.OK, reply
    results = reply.output.results
    assert len(results) == 2 and results[0].relevance_score >= results[1].relevance_score
    # Not results[0].document: in the package, the class's own None hides it.
    assert results[0]["document"]["text"] == documents[results[0].index]


def test_tokens():
    reply = dashscope.Tokenization.call(model=MODEL, messages=said("Hello"))
    assert reply.status_code == http.HTTPStatus.OK, reply
    assert len(reply.output["token_ids"]) == reply.usage["input_tokens"] > 0


def test_models():
    listed = dashscope.Models.list()
    assert MODEL in [model["model"] for model in listed.output["models"]]
    assert dashscope.Models.get(MODEL).output["model"] == MODEL
    assert dashscope.Models.get("none").status_code == 404


def test_what_is_not_implemented():
    for reply in (dashscope.ImageSynthesis.async_call(model=MODEL, prompt="a cat"),
                  dashscope.MultiModalConversation.call(model=MODEL, messages=said("x"))):
        assert reply.status_code == 501 and reply.code == "NotImplemented"
