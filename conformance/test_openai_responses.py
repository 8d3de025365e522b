"""Responses through the openai package."""

import json

import openai
import pytest

from harness.models import MODEL

TOOL = {"type": "function", "name": "weather", "strict": True, "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}


@pytest.fixture(scope="module")
def api(models):
    return openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)


def test_answers(api):
    reply = api.responses.create(model=MODEL, instructions="Be brief.", input="say Hello there")
    assert reply.output_text == "Hello there" and reply.status == "completed"
    assert reply.usage.total_tokens == reply.usage.input_tokens + reply.usage.output_tokens > 0


def test_streams(api):
    events = list(api.responses.create(model=MODEL, input="repeat 10 tick", stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text.split() == ["tick"] * 10
    assert events[-1].type == "response.completed" and events[-1].response.output_text == text


def test_the_packages_own_stream_helper(api):
    with api.responses.stream(model=MODEL, input="say Hello") as stream:
        for _ in stream:
            pass
        assert stream.get_final_response().output_text == "Hello"


def test_tools(api):
    reply = api.responses.create(model=MODEL, input='call tool weather {"city": "Hangzhou"}', tools=[TOOL])
    call = reply.output[0]
    assert call.type == "function_call" and json.loads(call.arguments) == {"city": "Hangzhou"}
    answered = api.responses.create(model=MODEL, tools=[TOOL], input=[
        {"role": "user", "content": "call tool weather {}"}, call.model_dump(exclude_none=True),
        {"type": "function_call_output", "call_id": call.call_id, "output": "say It is sunny."}])
    assert answered.output_text == "It is sunny."


def test_a_schema(api):
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    reply = api.responses.create(model=MODEL, input="x", text={
        "format": {"type": "json_schema", "name": "person", "schema": schema}})
    assert isinstance(json.loads(reply.output_text)["age"], int)


def test_is_kept(api):
    made = api.responses.create(model=MODEL, input="say Hello", metadata={"a": "b"})
    kept = api.responses.retrieve(made.id)
    assert kept.to_dict() == made.to_dict() and kept.output_text == "Hello" and kept.metadata == {"a": "b"}
    with pytest.raises(openai.BadRequestError, match="Cannot cancel a synchronous response"):
        api.responses.cancel(made.id)
    api.responses.delete(made.id)
    for ask in (api.responses.retrieve, api.responses.delete, api.responses.cancel, api.responses.input_items.list):
        with pytest.raises(openai.NotFoundError, match=f"Response with id '{made.id}' not found"):
            ask(made.id)


def test_a_stream_is_kept(api):
    *_, last = api.responses.create(model=MODEL, input="say Hello", stream=True)
    assert api.responses.retrieve(last.response.id).output_text == "Hello"


def test_goes_on(api):
    first = api.responses.create(model=MODEL, input="say One")
    second = api.responses.create(model=MODEL, input="say Two", previous_response_id=first.id)
    assert second.previous_response_id == first.id and second.output_text == "Two"
    # The model has read the first turn too.
    alone = api.responses.create(model=MODEL, input="say Two")
    assert second.usage.input_tokens > alone.usage.input_tokens
    items = list(api.responses.input_items.list(second.id, order="asc", limit=1))
    assert [(item.role, item.content[0].text) for item in items] == [
        ("user", "say One"), ("assistant", "One"), ("user", "say Two")]
    newest = api.responses.input_items.list(second.id, limit=1)
    assert newest.data[0].id == items[-1].id and newest.has_more


def test_goes_on_from_a_call(api):
    asked = api.responses.create(model=MODEL, input='call tool weather {"city": "Hangzhou"}', tools=[TOOL])
    answered = api.responses.create(
        model=MODEL, tools=[TOOL], previous_response_id=asked.id, input=[
            {"type": "function_call_output", "call_id": asked.output[0].call_id, "output": "say It is sunny."}])
    assert answered.output_text == "It is sunny."
    parts = api.responses.create(
        model=MODEL, tools=[TOOL], previous_response_id=asked.id, input=[
            {"type": "function_call_output", "call_id": asked.output[0].call_id,
             "output": [{"type": "input_text", "text": "say It is sunny."}]}])
    assert parts.output_text == "It is sunny."


def test_what_is_not_kept(api, models):
    made = api.responses.create(model=MODEL, input="x", store=False)
    with pytest.raises(openai.NotFoundError):
        api.responses.retrieve(made.id)
    kept = api.responses.create(model=MODEL, input="x")
    _, key = models.make_key("--workspace", "elsewhere")
    elsewhere = openai.OpenAI(base_url=models.url + "/v1", api_key=key, max_retries=0)
    for client, previous in ((api, made.id), (api, "resp_x"), (elsewhere, kept.id)):
        with pytest.raises(openai.BadRequestError) as error:
            client.responses.create(model=MODEL, input="x", previous_response_id=previous)
        assert error.value.code == "previous_response_not_found" and error.value.param == "previous_response_id"


def test_what_is_cut_off_says_so(api):
    cut = api.responses.create(model=MODEL, input="repeat 20 tick", max_output_tokens=5)
    assert cut.status == "incomplete" and cut.output[0].status == "incomplete"


@pytest.mark.parametrize("more, param", [
    ({"truncation": "auto"}, "truncation"), ({"include": ["message.output_text.logprobs"]}, "include"),
    ({"top_logprobs": 3}, "top_logprobs"), ({"input": []}, "input")], ids=lambda value: str(value)[:20])
def test_what_is_not_here_is_refused(api, more, param):
    with pytest.raises(openai.BadRequestError) as refused:
        api.responses.create(**({"model": MODEL, "input": "x"} | more))
    assert refused.value.param == param and "messages" not in refused.value.message
