"""LangChain's models for OpenAI's API, against the fake model."""

import math

import openai
import pydantic
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from harness.models import MODEL


@tool
def weather(city: str) -> str:
    """The weather of a city."""
    return f"say It is sunny in {city}."


class Person(pydantic.BaseModel):
    """Somebody."""
    name: str
    age: int
    tags: list[str] = pydantic.Field(max_length=3)


@pytest.fixture(params=[False, True], ids=["chat", "responses"])
def chat(request, models):
    # It asks a server that is not OpenAI's for a stream's usage only when told to.
    return ChatOpenAI(model=MODEL, base_url=models.url + "/v1", api_key=models.key, max_retries=0, stream_usage=True,
                      use_responses_api=request.param)


def test_invoke(chat):
    reply = chat.invoke([SystemMessage("Be brief."), HumanMessage("say Grüße, 世界")])
    assert reply.text == "Grüße, 世界"
    assert reply.usage_metadata["total_tokens"] > reply.usage_metadata["output_tokens"] > 0
    assert reply.response_metadata["model_name"] == MODEL


def test_stream(chat):
    pieces = list(chat.stream("repeat 20 tick"))
    assert "".join(piece.text for piece in pieces).split() == ["tick"] * 20 and len(pieces) > 5
    gathered = sum(pieces[1:], pieces[0])
    assert gathered.usage_metadata["output_tokens"] > 0


def test_batch(chat):
    assert [reply.text for reply in chat.batch(["say a", "say b", "say c"])] == ["a", "b", "c"]


def test_bind_tools(chat):
    able = chat.bind_tools([weather])
    question = HumanMessage('call tool weather {"city": "Hangzhou"}')
    asked = able.invoke([question])
    assert isinstance(asked, AIMessage) and len(asked.tool_calls) == 1
    call = asked.tool_calls[0]
    assert call["name"] == "weather" and call["args"] == {"city": "Hangzhou"}
    result = weather.invoke(call)
    assert isinstance(result, ToolMessage)
    assert able.invoke([question, asked, result]).text == "It is sunny in Hangzhou."


def test_streamed_tool_calls(chat):
    pieces = list(chat.bind_tools([weather]).stream('call tool weather {"city": "Hangzhou"}'))
    gathered = sum(pieces[1:], pieces[0])
    assert [(call["name"], call["args"]) for call in gathered.tool_calls] == [("weather", {"city": "Hangzhou"})]


@pytest.mark.parametrize("choice", ["any", "weather"])
def test_a_tool_that_must_be_called(chat, choice):
    asked = chat.bind_tools([weather], tool_choice=choice).invoke("hello")
    assert [call["name"] for call in asked.tool_calls] == ["weather"]
    assert isinstance(asked.tool_calls[0]["args"]["city"], str)


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_structured_output(chat, method):
    assert isinstance(chat.with_structured_output(Person, method=method).invoke("Who is it?"), Person)


def test_errors(chat, models):
    with pytest.raises(openai.NotFoundError):
        chat.model_copy(update={"model_name": "none"}).invoke("x")
    with pytest.raises(openai.AuthenticationError):
        ChatOpenAI(model=MODEL, base_url=models.url + "/v1", api_key="sk-nobody", max_retries=0).invoke("x")


@pytest.fixture
def embeddings(models):
    # By default it sends the numbers of OpenAI's tokens, which mean something else to every other model.
    return OpenAIEmbeddings(model=MODEL, base_url=models.url + "/v1", api_key=models.key, max_retries=0,
                            check_embedding_ctx_length=False)


def test_embeddings(embeddings):
    one, two = embeddings.embed_documents(["one", "two"])
    assert one != two and math.hypot(*one) == pytest.approx(1, abs=1e-4)
    assert embeddings.embed_query("one") == pytest.approx(one, abs=1e-6)


def test_tokens_of_another_model_are_refused_with_advice(models):
    api = openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)
    for tokens in ([1820, 374], [[1820, 374]]):  # as OpenAIEmbeddings sends them by default
        with pytest.raises(openai.BadRequestError) as refused:
            api.embeddings.create(model=MODEL, input=tokens)
        assert refused.value.param == "input" and "check_embedding_ctx_length=False" in refused.value.message
