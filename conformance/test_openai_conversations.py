"""Conversations, and responses in the background, through the openai packages."""

import tempfile

import openai
import pytest

from clients.node_models import node_models
from harness.models import MODEL, ModelServer, until

LONG = "repeat 1500 tick"


@pytest.fixture(scope="module")
def api(models):
    return openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)


def user(text):
    return {"role": "user", "content": text}


def texts(api, conversation):
    return [item.content[0].text for item in api.conversations.items.list(conversation.id, order="asc")]


def ended(api, response):
    return until(lambda: api.responses.retrieve(response.id), lambda now: now.status not in ("queued", "in_progress"))


def test_a_conversation(api):
    made = api.conversations.create(metadata={"topic": "x"}, items=[user("say One")])
    assert made.object == "conversation" and made.metadata == {"topic": "x"}
    assert api.conversations.retrieve(made.id) == made
    assert api.conversations.update(made.id, metadata={"topic": "y"}).metadata == {"topic": "y"}
    reply = api.responses.create(model=MODEL, input="say Two", conversation=made.id)
    assert reply.output_text == "Two" and reply.conversation.id == made.id
    assert texts(api, made) == ["say One", "say Two", "Two"]
    with api.responses.stream(model=MODEL, input="say Three", conversation=made.id) as stream:
        assert stream.get_final_response().output_text == "Three"
    assert texts(api, made)[-2:] == ["say Three", "Three"]
    assert api.conversations.delete(made.id).deleted
    for ask in (api.conversations.retrieve, api.conversations.items.list, api.conversations.delete):
        with pytest.raises(openai.NotFoundError):
            ask(made.id)
    with pytest.raises(openai.NotFoundError):
        api.responses.create(model=MODEL, input="x", conversation=made.id)


def test_items(api):
    made = api.conversations.create()
    added = api.conversations.items.create(made.id, items=[user(f"say {n}") for n in range(5)])
    assert len(added.data) == 5 and added.first_id == added.data[0].id
    newest = [item.id for item in api.conversations.items.list(made.id, limit=2)]
    assert newest == [item.id for item in added.data][::-1], "page after page"
    first = added.data[0]
    assert api.conversations.items.retrieve(first.id, conversation_id=made.id) == first
    assert api.conversations.items.delete(first.id, conversation_id=made.id).id == made.id
    with pytest.raises(openai.NotFoundError):
        api.conversations.items.retrieve(first.id, conversation_id=made.id)
    with pytest.raises(openai.BadRequestError, match="items"):
        api.conversations.items.create(made.id, items=[user("x")] * 21)
    with pytest.raises(openai.BadRequestError, match="together"):
        before = api.responses.create(model=MODEL, input="x").id
        api.responses.create(model=MODEL, input="x", conversation=made.id, previous_response_id=before)


def test_items_whose_ids_cannot_be_kept_are_refused_before_the_model_works(api):
    made = api.conversations.create()
    item = {"type": "message", **user("say A"), "id": "msg_same"}
    assert api.responses.create(model=MODEL, input=[item], conversation=made.id).output_text == "A"
    for given in ([item], [item | {"id": "x"}] * 2, [item | {"id": ""}], [item | {"id": "a\nb"}]):
        for more in ({}, {"background": True}):
            with pytest.raises(openai.BadRequestError) as refused:
                api.responses.create(model=MODEL, input=given, conversation=made.id, **more)
            assert refused.value.param == "input", given
    assert texts(api, made) == ["say A", "A"]


def test_in_the_background(api):
    made = api.responses.create(model=MODEL, input="say Hello", background=True, metadata={"a": "b"})
    assert made.status == "queued" and made.background and made.output == []
    done = ended(api, made)
    assert done.status == "completed" and done.output_text == "Hello" and done.metadata == {"a": "b"}
    assert done.created_at == made.created_at and done.usage.output_tokens > 0
    assert api.responses.create(model=MODEL, input="say More", previous_response_id=made.id).output_text == "More"
    assert api.responses.cancel(made.id).status == "completed", "it has ended"
    with pytest.raises(openai.NotFoundError):
        api.responses.create(model="none", input="x", background=True)
    with pytest.raises(openai.BadRequestError, match="store"):
        api.responses.create(model=MODEL, input="x", background=True, store=False)
    failed = ended(api, api.responses.create(model=MODEL, input="x" * 1_000_000, background=True))
    assert failed.status == "failed" and failed.error.code == "invalid_prompt" and "context" in failed.error.message


def test_cancelling_in_the_background(api):
    made = api.responses.create(model=MODEL, input=LONG, background=True)
    cancelled = api.responses.cancel(made.id)
    assert cancelled.status == "cancelled"
    assert api.responses.retrieve(made.id).status == "cancelled"
    assert api.responses.cancel(made.id).status == "cancelled"
    assert api.responses.create(model=MODEL, input="say still here").output_text == "still here"


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_the_background_survives(end):
    with tempfile.TemporaryDirectory(prefix="lakeside-background-") as folder:
        server = ModelServer("--data", folder, "--fake-model").start()
        try:
            api = openai.OpenAI(base_url=server.url + "/v1", api_key=server.key, max_retries=0)
            made = [api.responses.create(model=MODEL, input=LONG, background=True) for _ in range(6)]
            gone = api.responses.create(model=MODEL, input=LONG, background=True)
            api.responses.cancel(gone.id)
            getattr(server.server, end)()
            server.server.start()
            server.url = server.server.url
            api = openai.OpenAI(base_url=server.url + "/v1", api_key=server.key, max_retries=0)
            for one in made:
                done = ended(api, one)
                assert done.status == "completed" and done.output_text.split() == ["tick"] * 1500
            assert api.responses.retrieve(gone.id).status == "cancelled"
        finally:
            server.stop()


def test_npm(models):
    assert node_models().run("""
        const api = new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });
        const conversation = await api.conversations.create({ items: [{ role: 'user', content: 'say One' }] });
        let reply = await api.responses.create({ model: 'fake', input: 'say Two', background: true,
                                                 conversation: conversation.id });
        while (['queued', 'in_progress'].includes(reply.status)) reply = await api.responses.retrieve(reply.id);
        const texts = [];
        for await (const item of api.conversations.items.list(conversation.id, { order: 'asc' })) {
            texts.push(item.content[0].text);
        }
        return [reply.status, reply.output_text, texts];
    """, url=models.url + "/v1", key=models.key) == ["completed", "Two", ["say One", "say Two", "Two"]]


def test_npm_looks_after_conversations(models):
    assert node_models().run("""
        const api = new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });
        const made = await api.conversations.create({ metadata: { topic: 'x' } });
        await api.conversations.update(made.id, { metadata: { topic: 'y' } });
        const topic = (await api.conversations.retrieve(made.id)).metadata.topic;
        const added = await api.conversations.items.create(made.id, {
            items: [{ role: 'user', content: 'a' }, { role: 'user', content: 'b' }] });
        const [first, second] = added.data.map((item) => item.id);
        const found = await api.conversations.items.retrieve(second, { conversation_id: made.id });
        await api.conversations.items.delete(first, { conversation_id: made.id });
        const left = [];
        for await (const item of api.conversations.items.list(made.id)) left.push(item.id);
        const gone = await api.conversations.delete(made.id);
        return [topic, found.id === second, left.length === 1 && left[0] === second, gone.deleted];
    """, url=models.url + "/v1", key=models.key) == ["y", True, True, True]


def test_npm_cancels(models):
    assert node_models().run("""
        const api = new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });
        const reply = await api.responses.create({ model: 'fake', input, background: true });
        const cancelled = await api.responses.cancel(reply.id);
        await api.responses.delete(reply.id);
        return [cancelled.status, await api.responses.retrieve(reply.id).catch((error) => error.status)];
    """, url=models.url + "/v1", key=models.key, input=LONG) == ["cancelled", 404]
