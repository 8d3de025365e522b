"""Batches through the openai package: made, watched, cancelled, listed, and carried through a SIGKILL."""

import json
import tempfile
import time

import openai
import pytest

from harness.models import MODEL, ModelServer, until
from harness.raw import Raw

ENDED = ("completed", "failed", "expired", "cancelled")


@pytest.fixture(scope="module")
def api(models):
    return openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)


def chat(custom_id: str, text: str, **more) -> dict:
    body = {"model": MODEL, "messages": [{"role": "user", "content": text}], **more}
    return {"custom_id": custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}


def jsonl(lines: list[dict]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def begin(api, lines, endpoint="/v1/chat/completions", **more):
    data = lines if isinstance(lines, bytes) else jsonl(lines)
    file = api.files.create(file=("requests.jsonl", data), purpose="batch")
    return api.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h", **more)


def ended(api, batch):
    return until(lambda: api.batches.retrieve(batch.id), lambda found: found.status in ENDED)


def lines_of(api, file_id: str) -> list[dict]:
    return [json.loads(line) for line in api.files.content(file_id).text.splitlines()]


def said(line: dict) -> str:
    return line["response"]["body"]["choices"][0]["message"]["content"]


def test_a_batch(api):
    made = begin(api, [chat(f"r{i}", f"say number {i}") for i in range(50)], metadata={"name": "nightly"})
    assert made.object == "batch" and made.status == "validating" and made.metadata == {"name": "nightly"}
    batch = ended(api, made)
    assert batch.status == "completed", batch
    assert (batch.request_counts.total, batch.request_counts.completed, batch.request_counts.failed) == (50, 50, 0)
    assert batch.model == MODEL and batch.error_file_id is None and batch.errors is None
    assert batch.created_at <= batch.in_progress_at <= batch.finalizing_at <= batch.completed_at
    assert batch.expires_at == batch.created_at + 24 * 3600
    assert batch.usage.output_tokens > 0
    output = lines_of(api, batch.output_file_id)
    assert [line["custom_id"] for line in output] == [f"r{i}" for i in range(50)]
    assert [said(line) for line in output] == [f"number {i}" for i in range(50)]
    assert all(line["error"] is None and line["response"]["status_code"] == 200 for line in output)
    file = api.files.retrieve(batch.output_file_id)
    assert file.purpose == "batch_output" and file.filename == f"{batch.id}_output.jsonl"


def test_lines_that_fail(api):
    batch = ended(api, begin(api, [chat("good", "say x"), chat("hot", "say x", temperature=9),
                                   chat("stream", "say x", stream=True)]))
    assert batch.status == "completed" and batch.request_counts.failed == 2
    assert [line["custom_id"] for line in lines_of(api, batch.output_file_id)] == ["good"]
    errors = lines_of(api, batch.error_file_id)
    assert [line["custom_id"] for line in errors] == ["hot", "stream"]
    assert [line["response"]["status_code"] for line in errors] == [400, 400]
    assert errors[0]["response"]["body"]["error"]["param"] == "temperature"


def test_embeddings(api):
    lines = [{"custom_id": f"e{i}", "method": "POST", "url": "/v1/embeddings",
              "body": {"model": MODEL, "input": [f"text {i}", "other"]}} for i in range(5)]
    batch = ended(api, begin(api, lines, endpoint="/v1/embeddings"))
    assert batch.status == "completed", batch
    output = lines_of(api, batch.output_file_id)
    assert [len(line["response"]["body"]["data"]) for line in output] == [2] * 5


@pytest.mark.parametrize("endpoint, body, read", [
    ("/v1/completions", {"prompt": "say x"}, lambda answer: answer["choices"][0]["text"]),
    ("/v1/responses", {"input": "say x"}, lambda answer: answer["output"][-1]["content"][0]["text"]),
])
def test_other_endpoints(api, endpoint, body, read):
    line = {"custom_id": "a", "method": "POST", "url": endpoint, "body": {"model": MODEL} | body}
    batch = ended(api, begin(api, [line], endpoint=endpoint))
    assert batch.status == "completed", batch
    assert read(lines_of(api, batch.output_file_id)[0]["response"]["body"])


@pytest.mark.parametrize("data, code, line", [
    (b"\n", "empty_file", None),
    (jsonl([chat("a", "x")]) + b"{", "invalid_json_line", 2),
    (jsonl([chat("a", "x"), chat("a", "x")]), "duplicate_custom_id", 2),
    (jsonl([chat("a", "x"), chat("b", "x", model="other")]), "mismatched_model", 2),
    (jsonl([chat("a", "x", model="none")]), "model_not_found", 1),
    (jsonl([chat("a", "x") | {"url": "/v1/embeddings"}]), "url_mismatch", 1),
    (jsonl([chat("a", "x") | {"custom_id": None}]), "missing_required_parameter", 1),
])
def test_a_wrong_input(api, data, code, line):
    batch = ended(api, begin(api, data))
    assert batch.status == "failed" and batch.failed_at and batch.output_file_id is None
    assert batch.errors.data[0].code == code and batch.errors.data[0].line == line
    assert batch.errors.data[0].message


def test_what_is_refused(api):
    with pytest.raises(openai.NotFoundError) as error:
        api.batches.create(input_file_id="file-none", endpoint="/v1/chat/completions", completion_window="24h")
    assert error.value.param == "input_file_id"
    file = api.files.create(file=("x.jsonl", jsonl([chat("a", "x")])), purpose="batch")
    for endpoint, window, param in (("/v1/moderations", "24h", "endpoint"),
                                    ("/v1/embeddings", "1h", "completion_window")):
        with pytest.raises(openai.BadRequestError) as error:
            api.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window=window)
        assert error.value.param == param
    with pytest.raises(openai.NotFoundError):
        api.batches.retrieve("batch_none")


def test_cancelling(api):
    # Sixteen lines of this length run at once, so the others are still to come.
    made = begin(api, [chat(f"r{i}", "repeat 2000 word") for i in range(64)])
    until(lambda: api.batches.retrieve(made.id), lambda found: found.status == "in_progress")
    assert api.batches.cancel(made.id).status == "cancelling"
    batch = ended(api, made)
    assert batch.status == "cancelled" and batch.cancelled_at >= batch.cancelling_at
    done = lines_of(api, batch.output_file_id) if batch.output_file_id else []
    left = lines_of(api, batch.error_file_id)
    assert sorted(line["custom_id"] for line in done + left) == sorted(f"r{i}" for i in range(64))
    assert {line["error"]["code"] for line in left} == {"batch_cancelled"}
    with pytest.raises(openai.ConflictError) as error:
        api.batches.cancel(made.id)
    assert "Cannot cancel a batch with status 'cancelled'" in str(error.value)


def test_lists(models):
    _, key = models.make_key("--name", "lister", "--workspace", "lists")
    api = openai.OpenAI(base_url=models.url + "/v1", api_key=key, max_retries=0)
    assert list(api.batches.list()) == []
    made = [ended(api, begin(api, [chat("a", "say x")])).id for _ in range(5)]
    page = api.batches.list(limit=2)
    assert [batch.id for batch in page.data] == made[:2:-1] and page.has_more
    assert [batch.id for batch in api.batches.list(limit=2)] == made[::-1]  # all pages
    assert made[0] not in [batch.id for batch in openai.OpenAI(
        base_url=models.url + "/v1", api_key=models.key, max_retries=0).batches.list()]


def test_from_bucket_to_bucket(models):
    oss = Raw(models.server, "v1")
    oss.make_bucket("batch-data")
    assert oss.request("PUT", "batch-data", "in/requests.jsonl", body=jsonl([chat("a", "say x")])).status == 200
    more = {"extra_body": {"output_prefix": "oss://batch-data/out/"}, "endpoint": "/v1/chat/completions",
            "completion_window": "24h", "input_file_id": "oss://batch-data/in/requests.jsonl"}
    stranger = openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)
    with pytest.raises(openai.PermissionDeniedError):
        stranger.batches.create(**more)
    _, key = models.make_key("--name", "buckets", "--bucket", "batch-data")
    api = openai.OpenAI(base_url=models.url + "/v1", api_key=key, max_retries=0)
    batch = ended(api, api.batches.create(**more))
    assert batch.status == "completed", batch
    written = oss.request("GET", "batch-data", f"out/{batch.id}_output.jsonl")
    assert written.status == 200 and said(json.loads(written.body)) == "x"


def test_a_batch_survives_sigkill():
    with tempfile.TemporaryDirectory(prefix="lakeside-batch-") as folder:
        models = ModelServer("--data", folder, "--fake-model")
        models.start()
        try:
            api = openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)
            batch = begin(api, [chat(f"r{i}", f"repeat 300 word{i}", temperature=0) for i in range(300)])
            counts = []
            for done in (20, 100, 200):
                now = until(lambda: api.batches.retrieve(batch.id),
                            lambda found: found.status in ENDED or found.request_counts.completed >= done)
                counts.append((now.status, now.request_counts.completed))
                models.restart()
                api = openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, max_retries=0)
            assert counts[0][0] == "in_progress", f"it ended before the first SIGKILL: {counts}"
            batch = ended(api, batch)
            assert batch.status == "completed" and batch.request_counts.completed == 300, (batch, counts)
            output = lines_of(api, batch.output_file_id)
            assert [line["custom_id"] for line in output] == [f"r{i}" for i in range(300)]
            wrong = [line for i, line in enumerate(output) if said(line).split() != [f"word{i}"] * 300]
            assert not wrong, wrong[0]
            names = [file.filename for file in api.files.list(purpose="batch_output")]
            assert names == [f"{batch.id}_output.jsonl"]
            # What was run again after a SIGKILL is counted once, and nothing is forgotten.
            metered = openai.OpenAI(base_url=models.url + "/v1", api_key=models.key, admin_api_key=models.key)
            yesterday = int(time.time()) // 86400 * 86400 - 86400
            buckets = metered.admin.organization.usage.completions(start_time=yesterday, group_by=["batch"]).data
            used = [result for bucket in buckets for result in bucket.results if result.batch]
            assert sum(result.num_model_requests for result in used) == 300
            assert sum(result.output_tokens for result in used) == batch.usage.output_tokens
            assert sum(result.input_tokens for result in used) == batch.usage.input_tokens
        finally:
            models.stop()
