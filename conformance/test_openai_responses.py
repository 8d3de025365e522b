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


def test_what_is_not_kept(api):
    with pytest.raises(openai.BadRequestError) as error:
        api.responses.create(model=MODEL, input="x", previous_response_id="resp_x")
    assert error.value.param == "previous_response_id"
