"""Asynchronous tasks through the dashscope package."""

import http
import json
import tempfile

import dashscope
import pytest
import requests
from dashscope.client.base_api import BaseAsyncApi
from dashscope.embeddings.batch_text_embedding import BatchTextEmbedding

from harness.models import MODEL, ModelServer, until
from harness.raw import Raw

OK = http.HTTPStatus.OK


class AsyncGeneration(BaseAsyncApi):
    """The package's own way to a task, for the service that it calls directly otherwise."""

    @classmethod
    def async_call(cls, text, **parameters):
        return super().async_call(model=MODEL, task_group="aigc", task="text-generation", function="generation",
                                  input={"prompt": text}, **parameters)


def point_at(monkeypatch, models, key=None):
    monkeypatch.setattr(dashscope, "base_http_api_url", models.url + "/api/v1")
    monkeypatch.setattr(dashscope, "api_key", key or models.key)


@pytest.fixture(autouse=True)
def _address(models, monkeypatch):
    point_at(monkeypatch, models)


def ended(task):
    """What wait() answers, without its pauses of seconds."""
    return until(lambda: AsyncGeneration.fetch(task),
                 lambda reply: reply.output["task_status"] in ("SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"))


def test_a_task():
    made = AsyncGeneration.async_call("say Hello there")
    assert made.status_code == OK and made.output["task_status"] == "PENDING" and made.request_id
    assert "text" not in made.output
    reply = ended(made)
    assert reply.output["task_status"] == "SUCCEEDED" and reply.output["text"] == "Hello there"
    assert reply.output["task_id"] == made.output["task_id"]
    assert reply.output["submit_time"] <= reply.output["scheduled_time"] <= reply.output["end_time"]
    assert reply.usage["output_tokens"] > 0
    assert AsyncGeneration.wait(made).output["text"] == "Hello there"


def test_a_task_of_messages():
    reply = ended(AsyncGeneration.async_call("say x", result_format="message"))
    assert reply.output["choices"][0]["message"]["content"] == "x"


def test_a_wrong_request():
    reply = AsyncGeneration.async_call("x", temperature=9)
    assert reply.status_code == 400 and reply.code == "InvalidParameter" and "temperature" in reply.message


def test_a_task_that_fails():
    reply = ended(AsyncGeneration.async_call("x " * 100_000))
    assert reply.status_code == OK and reply.output["task_status"] == "FAILED"
    assert reply.output["code"] == "InvalidParameter" and reply.output["message"]


def test_an_unknown_task():
    reply = AsyncGeneration.fetch("00000000-0000-0000-0000-000000000000")
    assert reply.status_code == OK and reply.output["task_status"] == "UNKNOWN"


def test_cancelling():
    # More than run at once, so that the last one waits.
    tasks = [AsyncGeneration.async_call("repeat 1000 word") for _ in range(40)]
    assert AsyncGeneration.cancel(tasks[-1]).status_code == OK
    assert ended(tasks[-1]).output["task_status"] == "CANCELED"
    assert ended(tasks[0]).output["task_status"] == "SUCCEEDED"
    late = AsyncGeneration.cancel(tasks[0])
    assert late.status_code == 400 and late.code == "UnsupportedOperation"
    for task in tasks[:-1]:
        assert ended(task).output["task_status"] == "SUCCEEDED"


def test_lists(models, monkeypatch):
    key_id, key = models.make_key("--name", "lister", "--workspace", "tasks")
    point_at(monkeypatch, models, key)
    assert AsyncGeneration.list().output["data"] == []
    tasks = [AsyncGeneration.async_call(f"say {i}") for i in range(3)]
    for task in tasks:
        ended(task)
    page = AsyncGeneration.list(page_no=1, page_size=2)
    assert page.status_code == OK
    assert [task["task_id"] for task in page.output["data"]] == [t.output["task_id"] for t in tasks[:0:-1]]
    assert (page.output["total"], page.output["total_page"], page.output["page_size"]) == (3, 2, 2)
    first = page.output["data"][0]
    assert first["status"] == "SUCCEEDED" and first["model_name"] == MODEL and first["api_key_id"] == key_id
    assert first["gmt_create"] <= first["start_time"] <= first["end_time"]
    for filters, count in (({"status": "SUCCEEDED"}, 3), ({"status": "FAILED"}, 0), ({"model_name": "other"}, 0),
                           ({"api_key_id": key_id}, 3), ({"start_time": "20990101000000"}, 0),
                           ({"end_time": "20990101000000"}, 3)):
        assert AsyncGeneration.list(**filters).output["total"] == count, filters


def test_texts_of_a_bucket(models, monkeypatch):
    oss = Raw(models.server, "v1")
    oss.make_bucket("texts")
    assert oss.request("PUT", "texts", "lines.txt", body=b"one\ntwo\nthree\n").status == 200
    refused = BatchTextEmbedding.async_call(model=MODEL, url="oss://texts/lines.txt")
    assert refused.status_code == 403 and refused.code == "AccessDenied"
    _, key = models.make_key("--name", "texts", "--bucket", "texts")
    point_at(monkeypatch, models, key)
    made = BatchTextEmbedding.async_call(model=MODEL, url="oss://texts/lines.txt", dimension=4)
    assert made.status_code == OK and made.output.task_status == "PENDING"
    reply = until(lambda: BatchTextEmbedding.fetch(made), lambda now: now.output.task_status != "PENDING"
                  and now.output.task_status != "RUNNING")
    assert reply.output.task_status == "SUCCEEDED" and reply.usage.total_tokens > 0
    result = requests.get(reply.output.url, headers={"Authorization": f"Bearer {key}"}, timeout=60)
    lines = [json.loads(line) for line in result.text.splitlines()]
    assert [line["text_index"] for line in lines] == [0, 1, 2]
    assert all(len(line["embedding"]) == 4 for line in lines)


def test_nothing_is_fetched_from_elsewhere():
    reply = BatchTextEmbedding.async_call(model=MODEL, url="https://example.com/texts.txt")
    assert reply.status_code == 400 and "input.url" in reply.message


def test_tasks_survive_sigkill(monkeypatch):
    with tempfile.TemporaryDirectory(prefix="lakeside-tasks-") as folder:
        models = ModelServer("--data", folder, "--fake-model").start()
        try:
            point_at(monkeypatch, models)
            tasks = [AsyncGeneration.async_call(f"repeat 300 word{i}", temperature=0) for i in range(60)]
            models.restart()
            point_at(monkeypatch, models)
            for i, task in enumerate(tasks):
                reply = ended(task)
                assert reply.output["task_status"] == "SUCCEEDED", reply
                assert reply.output["text"].split() == [f"word{i}"] * 300
        finally:
            models.stop()
