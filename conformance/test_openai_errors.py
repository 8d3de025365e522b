"""What goes wrong, as the openai package sees it."""

import http.client
import json

import openai
import pytest

from harness.models import MODEL

MESSAGES = [{"role": "user", "content": "say x"}]


@pytest.fixture(scope="module")
def api(models):
    return openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)


def test_a_wrong_key(models):
    stranger = openai.OpenAI(base_url=models.url + "/v1", api_key="sk-nobody", max_retries=0)
    with pytest.raises(openai.AuthenticationError) as error:
        stranger.models.list()
    assert error.value.code == "invalid_api_key"


def test_no_key(models):
    status, _, body = models.send("GET", "/v1/models", headers={"Authorization": ""})
    assert status == 401 and json.loads(body)["error"]["code"] == "invalid_api_key"


def test_a_revoked_key(models):
    key_id, key = models.make_key("--name", "short-lived")
    brief = openai.OpenAI(base_url=models.url + "/v1", api_key=key, max_retries=0)
    assert brief.models.list().data
    models.keys("revoke", key_id)
    with pytest.raises(openai.AuthenticationError):
        brief.models.list()


def test_an_unknown_model(api):
    with pytest.raises(openai.NotFoundError) as error:
        api.chat.completions.create(model="none", messages=MESSAGES)
    assert error.value.code == "model_not_found" and error.value.param == "model"


@pytest.mark.parametrize("body, param", [
    ({"messages": MESSAGES}, "model"),
    ({"model": MODEL}, "messages"),
    ({"model": MODEL, "messages": []}, "messages"),
    ({"model": MODEL, "messages": [{"role": "king", "content": "x"}]}, "messages[0].role"),
    ({"model": MODEL, "messages": MESSAGES, "temperature": "hot"}, "temperature"),
    ({"model": MODEL, "messages": MESSAGES, "n": 10 ** 30}, "n"),
    ({"model": MODEL, "messages": MESSAGES, "response_format": {"type": "xml"}}, "response_format.type"),
    ({"model": MODEL, "messages": MESSAGES * 5000}, "messages"),
], ids=["no model", "no messages", "empty", "role", "type", "absurd", "format", "many"])
def test_bad_input_names_the_parameter(models, body, param):
    status, _, answer = models.send("POST", "/v1/chat/completions", body)
    error = json.loads(answer)["error"]
    assert status == 400 and error["type"] == "invalid_request_error" and error["param"] == param
    assert param.rpartition(".")[2] in error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000], ids=range(5))
def test_a_body_that_is_no_json(models, body):
    status, _, answer = models.send("POST", "/v1/chat/completions", body)
    assert status == 400 and json.loads(answer)["error"]["message"]


def test_a_body_that_is_too_large(models):
    status, _, answer = models.send("POST", "/v1/chat/completions", b" " * (100 << 20))
    assert status == 400 and json.loads(answer)["error"]["code"] == "request_too_large"


def test_a_prompt_that_is_too_long(api):
    with pytest.raises(openai.BadRequestError) as error:
        api.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "x" * 1_000_000}])
    assert error.value.code == "context_length_exceeded"


def test_what_is_not_implemented(api):
    with pytest.raises(openai.InternalServerError) as error:
        api.images.generate(prompt="a cat", model=MODEL)
    assert error.value.status_code == 501 and error.value.code == "not_implemented"
    assert error.value.response.headers["x-should-retry"] == "false", "the package asks again else"
    with pytest.raises(openai.InternalServerError):
        api.beta.threads.create()


def test_an_address_without_v1_says_so_and_keeps_the_key_to_itself(models):
    for path in ("", "/chat/completions"):
        api = openai.OpenAI(base_url=models.url + path, api_key=models.key, max_retries=0)
        with pytest.raises(openai.APIStatusError) as error:
            api.models.list()
        text = error.value.response.text
        assert "/compatible-mode/v1" in text and models.key not in text


def test_unknown_paths(models):
    assert models.send("GET", "/v1/unheard-of")[0] == 404
    assert models.send("GET", "/v1/chat/completions/x/y/z")[0] == 501
    assert models.send("DELETE", "/v1/embeddings")[0] == 405


def test_health_tells_no_web_page_which_models_there_are(models):
    def asked(**headers):
        connection = http.client.HTTPConnection(models.server.host, models.server.port, timeout=60)
        try:
            connection.request("GET", "/_lakeside/health?verbose", headers=headers)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    assert MODEL in str(asked()), "this machine may know"
    assert asked(Origin="http://evil.example") == {"status": "ok"}
