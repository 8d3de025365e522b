"""What a key has used, through the openai package's usage API and through curl's way of writing the same."""

import json
import tempfile
import threading
import time

import openai
import pytest
from alibabacloud_cms20190101 import models as metrics
from alibabacloud_cms20190101.client import Client
from alibabacloud_tea_openapi.utils_models import Config

from harness.models import MODEL, ModelServer, until
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

DAY = 86400
KILLS = 5
THREADS = 4


def today() -> int:
    return int(time.time()) // DAY * DAY


def usage_of(key: str, url: str):
    return openai.OpenAI(base_url=url + "/v1", api_key=key, admin_api_key=key, max_retries=0).admin.organization.usage


@pytest.fixture
def client(models):
    """A key that has used nothing yet."""
    key_id, key = models.make_key("--name", "metered")
    api = openai.OpenAI(base_url=models.url + "/v1", api_key=key, admin_api_key=key, max_retries=0)
    api.key_id = key_id
    return api


def say(api, text="say Hello"):
    return api.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": text}])


def test_tokens_of_calls(client):
    start = today()
    usage = client.admin.organization.usage
    assert usage.completions(start_time=start).data[0].results == []
    replies = [say(client), say(client), say(client, "repeat 5 word")]
    page = usage.completions(start_time=start)
    assert (page.object, page.has_more, page.next_page) == ("page", False, None)
    (result,) = page.data[-1].results
    assert result.object == "organization.usage.completions.result"
    assert result.num_model_requests == 3
    assert result.input_tokens == sum(reply.usage.prompt_tokens for reply in replies)
    assert result.output_tokens == sum(reply.usage.completion_tokens for reply in replies)
    assert result.input_cached_tokens == sum(r.usage.prompt_tokens_details.cached_tokens for r in replies)
    assert result.api_key_id is result.model is result.batch is result.project_id is None
    for width in ("1m", "1h"):
        fine = usage.completions(start_time=int(time.time()) - 120, bucket_width=width, limit=60)
        assert sum(r.num_model_requests for bucket in fine.data for r in bucket.results) == 3


def test_groups_and_filters(client):
    client.embeddings.create(model=MODEL, input=["one", "two"])
    say(client)
    usage = client.admin.organization.usage
    (result,) = usage.completions(start_time=today(), group_by=["model", "api_key_id", "batch", "project_id"]
                                  ).data[-1].results
    assert (result.model, result.api_key_id, result.batch, result.project_id) == (
        MODEL, client.key_id, False, "default")
    assert usage.completions(start_time=today(), models=["other"]).data[-1].results == []
    assert usage.completions(start_time=today(), batch=True).data[-1].results == []
    (embedded,) = usage.embeddings(start_time=today(), models=[MODEL], group_by=["model"]).data[-1].results
    assert embedded.input_tokens > 0 and embedded.model == MODEL


def test_pages(client):
    say(client)
    usage = client.admin.organization.usage
    start = today() - 9 * DAY
    first = usage.completions(start_time=start, end_time=today() + DAY)
    assert len(first.data) == 7 and first.has_more and first.data[0].start_time == start
    second = usage.completions(start_time=start, end_time=today() + DAY, page=first.next_page)
    assert second.data[0].start_time == first.data[-1].end_time and not second.has_more
    assert [len(bucket.results) for bucket in second.data] == [0, 0, 1]


def test_a_batch_is_told_apart(client):
    lines = b"".join(json.dumps({"custom_id": str(i), "method": "POST", "url": "/v1/chat/completions", "body": {
        "model": MODEL, "messages": [{"role": "user", "content": "say Hello"}]}}).encode() + b"\n" for i in range(4))
    file = client.files.create(file=("lines.jsonl", lines), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    until(lambda: client.batches.retrieve(batch.id), lambda found: found.status == "completed")
    say(client)
    results = client.admin.organization.usage.completions(start_time=today(), group_by=["batch"]).data[-1].results
    assert [(r.batch, r.num_model_requests) for r in results] == [(False, 1), (True, 4)]


def test_nobody_sees_what_others_use(client, models):
    say(openai.OpenAI(base_url=models.url + "/v1", api_key=models.key))
    assert client.admin.organization.usage.completions(start_time=today()).data[-1].results == []
    with pytest.raises(openai.BadRequestError) as error:
        client.admin.organization.usage.completions(start_time=today(), api_key_ids=[models.key_id])
    assert "its own usage" in error.value.body["message"]


@pytest.mark.parametrize("query, param", [
    ("", "start_time"), ("start_time=x", "start_time"), ("start_time=5&end_time=5", "end_time"),
    ("start_time=5&bucket_width=2h", "bucket_width"), ("start_time=5&limit=32", "limit"),
    ("start_time=5&group_by=service_tier", "group_by"), ("start_time=86400&page=page_7", "page"),
    ("start_time=5&page=x", "page"), ("start_time=5&batch=maybe", "batch"),
    ("start_time=5&user_ids[]=u", "user_ids"), ("start_time=5&project_ids=other", "project_ids")])
def test_bad_queries_name_their_parameter(models, query, param):
    status, _, body = models.send("GET", f"/v1/organization/usage/completions?{query}")
    assert status == 400 and json.loads(body)["error"]["param"] == param


def test_what_is_not_metered_is_not_implemented(models):
    status, _, _ = models.send("GET", "/v1/organization/usage/images?start_time=0")
    assert status == 501


def test_curl_repeats_names_without_brackets(models):
    status, _, body = models.send(
        "GET", f"/v1/organization/usage/completions?start_time={today()}&group_by=model&group_by=batch")
    assert status == 200 and json.loads(body)["object"] == "page"


def test_a_kill_loses_and_doubles_nothing():
    """Every reply that came whole is counted once; what was cut off may be counted, but not twice."""
    with tempfile.TemporaryDirectory(prefix="lakeside-usage-") as folder:
        server = ModelServer("--data", folder, "--fake-model").start()
        try:
            whole, cut = [0] * THREADS, [0] * THREADS
            start = today()

            def ask(index: int, stop: threading.Event):
                api = openai.OpenAI(base_url=server.url + "/v1", api_key=server.key, max_retries=0)
                while not stop.is_set():
                    try:
                        say(api)
                        whole[index] += 1
                    except openai.APIConnectionError:
                        cut[index] += 1
                        return

            for kill in range(KILLS):
                stop = threading.Event()
                threads = [threading.Thread(target=ask, args=(i, stop)) for i in range(THREADS)]
                before = sum(whole)
                for thread in threads:
                    thread.start()
                until(lambda: sum(whole) - before, lambda done: done >= 5 * (kill + 1))
                server.server.kill()
                stop.set()
                for thread in threads:
                    thread.join()
                server.server.start()
                server.url = server.server.url
            counted = sum(result.num_model_requests
                          for bucket in usage_of(server.key, server.url).completions(start_time=start).data
                          for result in bucket.results)
            assert sum(whole) <= counted <= sum(whole) + sum(cut)
        finally:
            server.stop()


def test_cloudmonitor_has_everybodys(client, models):
    """Whom a policy lets ask for metrics sees the tokens of all keys: by key, and by model."""
    cms = Client(Config(access_key_id=ACCESS_KEY_ID, access_key_secret=ACCESS_KEY_SECRET, protocol="http",
                        endpoint=models.url.removeprefix("http://"), region_id=REGION))

    def total(metric, **dimensions):
        body = cms.describe_metric_list(metrics.DescribeMetricListRequest(
            namespace="acs_lakeside", metric_name=metric, dimensions=json.dumps(dimensions))).body
        return sum(point["Value"] for point in json.loads(body.datapoints))

    spent = say(client).usage
    say(client)
    mine = {"service": "modelstudio", "accessKeyId": client.key_id}
    assert total("ModelRequests", **mine) == 2
    assert total("PromptTokens", **mine, resource=MODEL) == 2 * spent.prompt_tokens
    assert total("CompletionTokens", **mine) == 2 * spent.completion_tokens
    assert total("PromptTokens", **mine, resource="another") == 0
    assert total("PromptTokens", service="modelstudio") >= 2 * spent.prompt_tokens
    assert total("PromptTokens", service="oss") == 0
