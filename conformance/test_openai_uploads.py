"""Files in parts through the openai packages."""

import hashlib

import openai
import pytest

from clients.node_models import node_models


@pytest.fixture(scope="module")
def api(models):
    return openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)


def begin(api, size, **more):
    return api.uploads.create(**({"bytes": size, "filename": "a.txt", "mime_type": "text/plain",
                                  "purpose": "user_data"} | more))


def test_a_file_in_chunks(api, tmp_path):
    data = bytes(range(256)) * 5000
    path = tmp_path / "large.bin"
    path.write_bytes(data)
    done = api.uploads.upload_file_chunked(file=path, mime_type="application/octet-stream", purpose="user_data",
                                           part_size=300_000, md5=hashlib.md5(data).hexdigest())
    assert done.status == "completed" and done.file.bytes == len(data) and done.file.filename == "large.bin"
    assert api.files.content(done.file.id).content == data
    assert api.files.retrieve(done.file.id) == done.file


def test_parts_in_the_order_asked_for(api):
    upload = begin(api, 10, expires_after={"anchor": "created_at", "seconds": 7200})
    assert upload.status == "pending" and upload.file is None and upload.expires_at == upload.created_at + 3600
    world, hello = (api.uploads.parts.create(upload.id, data=data).id for data in (b"world", b"hello"))
    done = api.uploads.complete(upload.id, part_ids=[hello, world])
    assert api.files.content(done.file.id).content == b"helloworld"
    assert done.file.expires_at == done.file.created_at + 7200
    assert api.uploads.complete(upload.id, part_ids=[hello, world]) == done
    with pytest.raises(openai.BadRequestError, match="already completed"):
        api.uploads.cancel(upload.id)


def test_a_batch_takes_its_input_from_an_upload(api):
    line = (b'{"custom_id":"1","method":"POST","url":"/v1/chat/completions",'
            b'"body":{"model":"fake","messages":[{"role":"user","content":"say hi"}]}}\n')
    done = api.uploads.upload_file_chunked(file=line, filename="in.jsonl", bytes=len(line), mime_type="text/jsonl",
                                           purpose="batch", part_size=50)
    batch = api.batches.create(input_file_id=done.file.id, endpoint="/v1/chat/completions", completion_window="24h")
    assert batch.input_file_id == done.file.id


def test_what_does_not_fit(api):
    upload = begin(api, 4)
    part = api.uploads.parts.create(upload.id, data=b"abc").id
    for ask, says in ((dict(part_ids=[part]), "have 3 bytes"), (dict(part_ids=[part, part]), "twice"),
                      (dict(part_ids=["part_none"]), "no part")):
        with pytest.raises(openai.BadRequestError, match=says):
            api.uploads.complete(upload.id, **ask)
    with pytest.raises(openai.BadRequestError, match="MD5"):
        last = api.uploads.parts.create(upload.id, data=b"d").id
        api.uploads.complete(upload.id, part_ids=[part, last], md5="0" * 32)
    with pytest.raises(openai.BadRequestError, match="64|67108864"):
        api.uploads.parts.create(upload.id, data=bytes((64 << 20) + 1))
    with pytest.raises(openai.BadRequestError, match="bytes"):
        begin(api, 9 << 30)
    assert api.uploads.cancel(upload.id).status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="cancelled"):
        api.uploads.parts.create(upload.id, data=b"d")
    with pytest.raises(openai.NotFoundError):
        api.uploads.cancel("upload_none")


def test_other_workspaces_see_nothing(api, models):
    upload = begin(api, 4)
    other = openai.OpenAI(base_url=models.url + "/v1", api_key=models.make_key("--workspace", "elsewhere")[1],
                          max_retries=0)
    with pytest.raises(openai.NotFoundError):
        other.uploads.parts.create(upload.id, data=b"d")


def test_npm(models):
    assert node_models().run("""
        const api = new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });
        const upload = await api.uploads.create({ bytes: 6, filename: 'a.txt', mime_type: 'text/plain',
                                                  purpose: 'user_data' });
        const ids = [];
        for (const text of ['abc', 'def']) {
            ids.push((await api.uploads.parts.create(upload.id, { data: new File([text], 'x') })).id);
        }
        const done = await api.uploads.complete(upload.id, { part_ids: ids });
        const other = await api.uploads.create({ bytes: 6, filename: 'b.txt', mime_type: 'text/plain',
                                                 purpose: 'user_data' });
        const cancelled = await api.uploads.cancel(other.id);
        const file = await api.files.retrieve(done.file.id);
        return [done.status, await (await api.files.content(file.id)).text(), cancelled.status];
    """, url=models.url + "/v1", key=models.key) == ["completed", "abcdef", "cancelled"]
