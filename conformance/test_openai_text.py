"""Completions, embeddings and models through the openai package."""

import math

import openai
import pytest

from harness.models import MODEL


@pytest.fixture(scope="module")
def api(models):
    return openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)


def test_completions(api):
    reply = api.completions.create(model=MODEL, prompt="say x", max_tokens=20)
    assert reply.object == "text_completion" and reply.choices[0].text.startswith("=> ")
    streamed = "".join(chunk.choices[0].text
                       for chunk in api.completions.create(model=MODEL, prompt="say x", max_tokens=20, stream=True))
    assert streamed == reply.choices[0].text


def test_completions_of_several_prompts(api):
    reply = api.completions.create(model=MODEL, prompt=["say a", "say b"], n=2, echo=True, max_tokens=30)
    assert [choice.index for choice in reply.choices] == [0, 1, 2, 3]
    assert reply.choices[0].text.startswith("say a") and reply.choices[3].text.startswith("say b")


def test_embeddings(api):
    """The package asks for base64 by itself, and decodes."""
    packed = api.embeddings.create(model=MODEL, input=["one", "two"])
    plain = api.embeddings.create(model=MODEL, input=["one", "two"], encoding_format="float")
    assert len(packed.data) == 2 and packed.usage.prompt_tokens > 0
    for a, b in zip(packed.data, plain.data):
        assert a.embedding == pytest.approx(b.embedding, abs=1e-6)
        assert math.hypot(*a.embedding) == pytest.approx(1, abs=1e-4)
    assert packed.data[0].embedding != packed.data[1].embedding


def test_embeddings_of_fewer_dimensions(api):
    short = api.embeddings.create(model=MODEL, input="one", dimensions=2)
    assert len(short.data[0].embedding) == 2
    assert math.hypot(*short.data[0].embedding) == pytest.approx(1, abs=1e-4)


def test_models(api):
    assert MODEL in [model.id for model in api.models.list()]
    assert api.models.retrieve(MODEL).object == "model"
    with pytest.raises(openai.NotFoundError):
        api.models.retrieve("none")
