"""Files through the openai package."""

import io

import openai
import oss2
import pytest

from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET

LINES = b'{"custom_id": "1"}\n{"custom_id": "2"}\n'


@pytest.fixture(scope="module")
def api(models):
    return openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)


def test_a_file_comes_back_as_it_went(api):
    made = api.files.create(file=("lines.jsonl", LINES), purpose="batch")
    assert (made.object, made.filename, made.bytes, made.purpose) == ("file", "lines.jsonl", len(LINES), "batch")
    assert made.expires_at == made.created_at + 30 * 86400
    assert api.files.retrieve(made.id) == made
    content = api.files.content(made.id)
    assert content.content == LINES
    assert content.response.headers["content-length"] == str(len(LINES))
    assert api.files.delete(made.id).deleted
    for ask in (api.files.retrieve, api.files.content, api.files.delete):
        with pytest.raises(openai.NotFoundError) as error:
            ask(made.id)
        assert error.value.body["message"] == f"No such File object: {made.id}"


def test_a_large_file_is_streamed(api):
    data = bytes(range(256)) * (5 << 12)
    made = api.files.create(file=io.BytesIO(data), purpose="user_data", expires_after={
        "anchor": "created_at", "seconds": 3600})
    assert made.bytes == len(data) and made.expires_at == made.created_at + 3600
    with api.files.with_streaming_response.content(made.id) as response:
        assert b"".join(response.iter_bytes()) == data
    api.files.delete(made.id)


def test_lists_in_pages(models):
    _, key = models.make_key("--workspace", "pages")
    api = openai.OpenAI(base_url=models.url + "/compatible-mode/v1", api_key=key, max_retries=0)
    made = [api.files.create(file=(f"{n}.txt", b"x"), purpose=purpose).id
            for n, purpose in enumerate(["user_data", "vision", "user_data"])]
    assert [file.id for file in api.files.list()] == made[::-1]
    assert [file.id for file in api.files.list(limit=1, order="asc")] == made
    assert [file.id for file in api.files.list(purpose="vision")] == made[1:2]
    page = api.files.list(after=made[2], limit=1)
    assert [file.id for file in page.data] == [made[1]] and page.has_more


def test_workspaces_are_apart(api, models):
    made = api.files.create(file=("a.txt", b"x"), purpose="user_data")
    other = openai.OpenAI(base_url=models.url + "/v1", api_key=models.make_key("--workspace", "other")[1], max_retries=0)
    with pytest.raises(openai.NotFoundError):
        other.files.retrieve(made.id)
    assert not other.files.list().data


@pytest.mark.parametrize("name, purpose, message", [
    ("a.txt", "batch", "Must be .jsonl"),
    ("a.txt", "fun", "'fun' is not one of"),
])
def test_refuses(api, name, purpose, message):
    with pytest.raises(openai.BadRequestError, match=message):
        api.files.create(file=(name, b"x"), purpose=purpose)


def test_the_file_may_stand_before_its_purpose(models):
    parts = [('name="file"; filename="a.jsonl"\r\nContent-Type: application/octet-stream', LINES),
             ('name="purpose"', b"batch")]
    body = b"".join(b"--B\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + data + b"\r\n"
                    for head, data in parts) + b"--B--\r\n"
    status, _, _ = models.send("POST", "/v1/files", body, {"Content-Type": "multipart/form-data; boundary=B"})
    assert status == 200


def test_the_data_is_an_object_of_the_account(api, models):
    """Whoever has the root key finds the file in the bucket "modelstudio"."""
    made = api.files.create(file=("seen.txt", b"seen"), purpose="user_data")
    bucket = oss2.Bucket(oss2.Auth(ACCESS_KEY_ID, ACCESS_KEY_SECRET), models.url, "modelstudio",
                         is_path_style=True)
    assert bucket.get_object(f"files/default/{made.id}/seen.txt").read() == b"seen"


def test_a_reset_forgets(api, models):
    made = api.files.create(file=("a.txt", b"x"), purpose="user_data")
    models.server.reset()
    assert not api.files.list().data
    with pytest.raises(openai.NotFoundError):
        api.files.content(made.id)
    assert api.files.create(file=("a.txt", b"x"), purpose="user_data").bytes == 1
