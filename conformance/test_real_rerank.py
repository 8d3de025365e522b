"""Reranking with a real model: scores and order as computed apart from the engine (harness/bert.py)."""

import json

import dashscope
import pytest

from harness.bert import Bert
from harness.models import CHAT_MODEL, RERANK_MODEL

QUERY = "How do cats sleep?"
DOCUMENTS = ["Cats sleep for most of the day, curled up in warm places.", "The stock market fell on Monday.",
             "A kitten naps on the sofa.", "Paris is the capital of France.", "x",
             " ".join(["Dogs and wolves run through the forest in winter."] * 20)]


@pytest.fixture(scope="module")
def bert():
    return Bert()


@pytest.fixture(scope="module")
def expected(bert):
    return [bert.score(QUERY, document) for document in DOCUMENTS]


@pytest.fixture
def studio(real_models, monkeypatch):
    """The dashscope package, pointed here."""
    monkeypatch.setattr(dashscope, "base_http_api_url", real_models.url + "/api/v1")
    monkeypatch.setattr(dashscope, "api_key", real_models.key)
    return dashscope


def best_first(scores):
    return sorted(range(len(scores)), key=lambda index: -scores[index])


def ask(server, **more):
    body = {"model": RERANK_MODEL, "query": QUERY, "documents": DOCUMENTS} | more
    status, _, answer = server.send("POST", "/v1/rerank", body)
    return status, json.loads(answer)


def test_scores_and_order(real_models, bert, expected):
    # Else the order would say nothing.
    assert min(abs(a - b) for i, a in enumerate(expected) for b in expected[:i]) > 2e-3
    assert all(0 < score < 1 for score in expected)
    status, reply = ask(real_models)
    assert status == 200, reply
    assert [one["index"] for one in reply["results"]] == best_first(expected)
    for one in reply["results"]:
        assert one["relevance_score"] == pytest.approx(expected[one["index"]], abs=1e-3)
    tokens = sum(len(bert.pair(QUERY, document)) for document in DOCUMENTS)
    assert reply["usage"] == {"prompt_tokens": tokens, "total_tokens": tokens}


def test_dashscope(studio, bert, expected):
    reply = studio.TextReRank.call(model=RERANK_MODEL, query=QUERY, documents=DOCUMENTS, top_n=3, return_documents=True)
    assert reply.status_code == 200, reply
    results = reply.output.results
    assert [one.index for one in results] == best_first(expected)[:3]
    for one in results:
        assert one.relevance_score == pytest.approx(expected[one.index], abs=1e-3)
        assert one["document"]["text"] == DOCUMENTS[one.index]
    assert reply.usage["total_tokens"] == sum(len(bert.pair(QUERY, document)) for document in DOCUMENTS)


def test_a_pair_alone_and_among_many(real_models, expected):
    """More than are computed at once; the others change nothing."""
    _, reply = ask(real_models, documents=DOCUMENTS * 15)
    assert len(reply["results"]) == 90
    for one in reply["results"]:
        assert one["relevance_score"] == pytest.approx(expected[one["index"] % len(DOCUMENTS)], abs=1e-3)


def test_a_document_too_long(real_models):
    status, reply = ask(real_models, documents=["short", "cat " * 600])
    assert status == 400 and reply["error"]["code"] == "context_length_exceeded", reply


def test_the_wrong_model_is_told_so(real_models, studio):
    status, reply = ask(real_models, model=CHAT_MODEL)
    assert status == 400 and "rank" in reply["error"]["message"], reply
    reply = studio.Generation.call(model=RERANK_MODEL, prompt="x")
    assert reply.status_code == 400 and "generate" in reply.message, reply


def test_its_capabilities(real_models):
    _, _, answer = real_models.send("GET", f"/v1/models/{RERANK_MODEL}")
    assert json.loads(answer)["capabilities"] == ["rerank"]
