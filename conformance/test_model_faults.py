"""What goes wrong with models while others are served: clients that stop reading, keys that go, files that are none."""

import contextlib
import http.client
import json
import threading

import openai
import pytest

from harness.models import CHAT_MODEL, FILES, ModelServer, data_folder_with, until

MESSAGES = [{"role": "user", "content": "say still here"}]


def client(server, key=None):
    return openai.OpenAI(base_url=server.url + "/v1", api_key=key or server.key, max_retries=0)


def still_answers(server, model="fake"):
    reply = client(server).chat.completions.create(model=model, messages=MESSAGES)
    return reply.choices[0].message.content == "still here"


@contextlib.contextmanager
def a_stream_that_nobody_reads(server, count):
    """The head has come; of the rest the kernel takes what it has room for, and the server waits with all others."""
    body = json.dumps({"model": "fake", "stream": True, "max_tokens": 2000,
                       "messages": [{"role": "user", "content": f"repeat {count} tick"}]})
    connection = http.client.HTTPConnection(server.server.host, server.server.port, timeout=60)
    connection.request("POST", "/v1/chat/completions", body, {"Authorization": f"Bearer {server.key}"})
    try:
        response = connection.getresponse()
        assert response.status == 200
        yield response
    finally:
        connection.close()


def test_clients_that_stop_reading_hold_up_nobody(models):
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(a_stream_that_nobody_reads(models, 1500))
        for _ in range(5):
            assert still_answers(models)
    assert still_answers(models)


def test_who_reads_on_late_gets_everything(models):
    with a_stream_that_nobody_reads(models, 300) as response:
        assert still_answers(models)
        text = "".join(json.loads(line[6:])["choices"][0]["delta"].get("content", "")
                       for line in response.read().decode().splitlines()
                       if line.startswith("data: {") and '"choices":[{' in line)
    assert text.split() == ["tick"] * 300


def test_a_key_revoked_while_its_reply_streams(models):
    """What was begun is brought to its end, as a request that was let in; the next is refused."""
    key_id, key = models.make_key("--name", "goes")
    api = client(models, key)
    stream = api.chat.completions.create(model="fake", stream=True,
                                         messages=[{"role": "user", "content": "repeat 200 tick"}])
    next(iter(stream))
    models.keys("revoke", key_id)
    rest = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert rest.split().count("tick") >= 198
    with pytest.raises(openai.AuthenticationError):
        api.chat.completions.create(model="fake", messages=MESSAGES)


@pytest.fixture
def damaged(tmp_path):
    """A server of the fake model and of files that are damaged models."""
    if not FILES[CHAT_MODEL].exists():
        pytest.skip("tools/fetch-model was not run")
    folder = data_folder_with(tmp_path / "data") / "models"
    whole = FILES[CHAT_MODEL].read_bytes()
    (folder / "half.gguf").write_bytes(whole[:len(whole) // 2])
    (folder / "magic.gguf").write_bytes(b"GGML" + whole[4:100_000])
    (folder / "absurd.gguf").write_bytes(whole[:8] + b"\xff" * 16 + whole[24:100_000])
    started = ModelServer("--data", str(tmp_path / "data"), "--fake-model").start()
    yield started
    assert started.server.running()
    assert started.stop() == 0


@pytest.mark.parametrize("model", ["half", "magic", "absurd"])
def test_a_file_that_is_damaged(damaged, model):
    listed = {one.id for one in client(damaged).models.list()}
    with pytest.raises((openai.InternalServerError, openai.NotFoundError)) as refused:
        client(damaged).chat.completions.create(model=model, messages=MESSAGES)
    if isinstance(refused.value, openai.InternalServerError):
        assert refused.value.code == "model_unavailable" and model in listed
        shown = client(damaged).models.retrieve(model)
        assert shown.status["value"] == "broken"
    assert "/" not in refused.value.message.replace("model(s)", ""), "it tells no paths"
    assert still_answers(damaged)


def test_a_model_that_memory_has_no_room_for(tmp_path):
    if not FILES[CHAT_MODEL].exists():
        pytest.skip("tools/fetch-model was not run")
    data_folder_with(tmp_path / "data", CHAT_MODEL)
    server = ModelServer("--data", str(tmp_path / "data"), "--fake-model", "--model-memory", "64").start()
    try:
        with pytest.raises(openai.InternalServerError) as refused:
            client(server).chat.completions.create(model=CHAT_MODEL, messages=MESSAGES)
        assert refused.value.status_code == 503 and refused.value.code == "model_unavailable", refused.value
        assert still_answers(server)
    finally:
        assert server.stop() == 0


def test_the_context_is_as_large_as_the_settings_say(tmp_path):
    server = ModelServer("--data", str(tmp_path / "data"), "--fake-model", "--model-context", "20000").start()
    try:
        api = client(server)
        assert api.models.retrieve("fake").max_model_len == 20_000
        for length in (9_000, 19_000):
            reply = api.chat.completions.create(model="fake", messages=[{"role": "user", "content": "x" * length}],
                                                max_tokens=5)
            assert reply.choices[0].message.content == "xxxxx" and reply.usage.prompt_tokens > length
        with pytest.raises(openai.BadRequestError, match="20000 tokens"):
            api.chat.completions.create(model="fake", messages=[{"role": "user", "content": "x" * 20_000}])
        assert api.models.retrieve("fake").max_model_len == 20_000, "the same once it is loaded"
    finally:
        server.stop()
