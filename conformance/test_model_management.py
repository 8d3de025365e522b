"""Looking after the models through Model Studio's API: what is there, load, unload, pin, pull, import, delete; who may.

Called with the vendor's clients: ListModels, which is the vendor's own, with alibabacloud-modelstudio20260210, all
others, which are ours beside it, with the generic call of alibabacloud-tea-openapi.
"""

import base64
import json
import pathlib
import subprocess
import threading
import urllib.parse

import openai
import oss2
import pytest
from alibabacloud_modelstudio20260210 import models as vendor
from alibabacloud_modelstudio20260210.client import Client as VendorClient
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions
from harness import data
from harness.hub import Hub, gguf
from harness.models import until
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION, NotReady, Server
from test_ram import Rpc, allow, bucket_of, grant

HERE = pathlib.Path(__file__).parent
MODEL = gguf(3_000_000)
MODELS, TASKS = "/modelstudio/models", "/modelstudio/modeltasks"


class Studio:
    """One caller of the API."""

    def __init__(self, server, key=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET):
        config = {"access_key_id": key, "access_key_secret": secret, "region_id": REGION, "protocol": "http",
                  "endpoint": urllib.parse.urlsplit(server.url).netloc}
        self.client, self.vendor = Client(Config(**config)), VendorClient(Config(**config))

    def call(self, action, method, path, **parameters):
        params = Params(action=action, version="2026-02-10", protocol="HTTP", pathname=path, method=method,
                        auth_type="AK", style="ROA", req_body_type="formData", body_type="json")
        request = OpenApiRequest(body=parameters) if method == "POST" else OpenApiRequest(
            query={name: str(value) for name, value in parameters.items()})
        return self.client.call_api(params, request, RuntimeOptions())["body"]

    def list(self, **filters):
        return self.vendor.list_models(vendor.ListModelsRequest(**filters)).body.models

    def get(self, model):
        return self.call("GetModel", "GET", f"{MODELS}/{model}")["model"]

    def do(self, action, model):
        method = "DELETE" if action == "DeleteModel" else "PUT"
        verb = "" if action == "DeleteModel" else "/" + action.removesuffix("Model").lower()
        return self.call(action, method, f"{MODELS}/{model}{verb}")

    def pull(self, source="owner/repo", **more):
        return self.call("PullModel", "POST", f"{MODELS}/pull", source=source, **more)["task"]

    def import_(self, source, **more):
        return self.call("ImportModel", "POST", f"{MODELS}/import", source=source, **more)["task"]

    def task(self, task):
        return self.call("GetModelTask", "GET", f"{TASKS}/{task['taskId']}")["task"]

    def end_of(self, task):
        return until(lambda: self.task(task), lambda now: now["status"] not in ("PENDING", "RUNNING"))

    def cancel(self, task, **more):
        return self.call("CancelModelTask", "PUT", f"{TASKS}/{task['taskId']}/cancel", **more)["task"]

    def await_status(self, model, status):
        return until(lambda: self.get(model), lambda now: now["status"] == status)


def refused(code):
    return pytest.raises(AlibabaCloudException, match=code)


@pytest.fixture(scope="module")
def hub():
    started = Hub({})
    yield started
    started.close()


@pytest.fixture(scope="module")
def server(hub, tmp_path_factory):
    started = Server("--data", str(tmp_path_factory.mktemp("data")), "--fake-model", "--hub", f"hf+{hub.url}").start()
    yield started
    assert started.stop() == 0


@pytest.fixture
def files(hub):
    """What the hub has for one test."""
    hub.files = {"Tiny-Q4_K_M.gguf": MODEL, "Tiny-Q8_0.gguf": gguf(5000, 2)}
    hub.status, hub.headers, hub.announced_sha256, hub.cut_after = None, {}, None, []
    hub.busy = []
    return hub.files


@pytest.fixture
def root(server):
    return Studio(server)


@pytest.fixture
def ann(server):
    made, name = Rpc(server), data.name("ann")
    made("CreateUser", UserName=name)
    key = made("CreateAccessKey", UserName=name)["AccessKey"]
    key = key["AccessKeyId"], key["AccessKeySecret"]
    return name, Studio(server, *key), key


def chat(server, text="say hello", model="fake"):
    made = Rpc(server)("CreateUser", UserName=data.name("chats"))  # only to have a name
    key = Studio(server).call("CreateApiKey", "POST", "/modelstudio/apikeys", description=made["User"]["UserName"])
    client = openai.OpenAI(base_url=server.url + "/v1", api_key=key["apiKey"]["apiKeyValue"], max_retries=0)
    return client, client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}])


# ---- what is there ---------------------------------------------------------------------------

def test_models_are_listed_with_what_they_are(server, root):
    chat(server, "repeat 20 word")
    fake = next(model for model in root.list() if model.model == "fake")
    assert fake.provider == "lakeside" and fake.model_info.context_window > 0
    assert fake.capabilities == ["chat", "completion", "embedding", "rerank"]
    assert fake.inference_metadata.request_modality == ["Text"] and fake.published_time > 1_600_000_000_000
    more = root.get("fake")
    assert more["status"] == "loaded" and more["memoryBytes"] > more["fileBytes"] > 0
    assert more["tokensPerSecond"] > 0 and more["firstTokenMillis"] > 0
    assert (more["queued"], more["pinned"]) == (0, False)
    memory = root.call("ListModels", "GET", MODELS)["memory"]
    assert memory["limitBytes"] > memory["usedBytes"] >= more["memoryBytes"]


def test_the_list_is_filtered_and_paged(root, files):
    for name in ("list-a", "list-b"):
        assert root.end_of(root.pull(model=name))["status"] == "SUCCEEDED"
    assert [model.model for model in root.list(name="list-")] == ["list-a", "list-b"]
    assert [model.model for model in root.list(model="list-b")] == ["list-b"]
    assert "fake" in [model.model for model in root.list(capabilities=["rerank"])]
    assert not root.list(name="list-", capabilities=["rerank"]) and not root.list(providers=["other"])
    assert not root.list(context_window=10_000_000) and not root.list(features=["batch"])
    page = root.vendor.list_models(vendor.ListModelsRequest(name="list-", max_results=1)).body
    assert (page.total_count, len(page.models)) == (2, 1) and page.next_token
    rest = root.vendor.list_models(vendor.ListModelsRequest(name="list-", max_results=1, next_token=page.next_token)).body
    assert [model.model for model in rest.models] == ["list-b"] and not rest.next_token
    with refused("InvalidParameter"):
        root.call("ListModels", "GET", MODELS, capabilities="{not json")
    for name in ("list-a", "list-b"):
        root.do("DeleteModel", name)


def test_openai_clients_see_the_same(server, root):
    client, _ = chat(server)
    shown = client.models.retrieve("fake").model_dump()
    assert shown["status"]["value"] == "loaded" and shown["capabilities"][0] == "chat"
    assert shown["max_model_len"] > 0 and shown["memory_bytes"] > shown["meta"]["size"] and shown["pinned"] is False


def test_a_key_for_models_removes_none(server):
    client, _ = chat(server)
    with pytest.raises(openai.PermissionDeniedError, match="modelstudio:DeleteModel") as caught:
        client.models.delete("fake")
    assert caught.value.code == "insufficient_permissions"
    with pytest.raises(openai.NotFoundError):
        client.models.delete("none")


# ---- load, unload, pin, delete ---------------------------------------------------------------

def test_a_model_is_loaded_and_unloaded(server, root):
    chat(server)
    until(lambda: root.get("fake"), lambda now: now["running"] == 0)

    def unload():
        try:
            return root.do("UnloadModel", "fake")
        except AlibabaCloudException as error:  # the chat above is just ending
            assert "OperationConflict" in str(error)
            return None
    until(unload, lambda answer: answer is not None)
    root.await_status("fake", "unloaded")
    assert root.do("LoadModel", "fake")["model"]["status"] in ("loading", "loaded")
    root.await_status("fake", "loaded")
    assert root.do("LoadModel", "fake")["model"]["status"] == "loaded"


def test_pins_are_kept(root, files, server):
    assert root.end_of(root.pull(model="pinned"))["status"] == "SUCCEEDED"
    assert root.do("PinModel", "pinned")["model"]["pinned"] is True
    assert root.get("pinned")["pinned"] is True
    assert root.do("UnpinModel", "pinned")["model"]["pinned"] is False
    root.do("DeleteModel", "pinned")
    with refused("ResourceNotFound"):
        root.get("pinned")


@pytest.mark.parametrize("action", ["DeleteModel", "LoadModel", "UnloadModel", "PinModel", "UnpinModel", "GetModel"])
def test_what_is_not_there_is_not_found(root, action):
    with refused("ResourceNotFound"):
        root.get("none") if action == "GetModel" else root.do(action, "none")


def test_what_is_none_of_the_folders_stays(root):
    with refused("UnsupportedOperation"):
        root.do("DeleteModel", "fake")


def test_a_file_that_is_no_real_model_says_so(root, files):
    assert root.end_of(root.pull(model="hollow"))["status"] == "SUCCEEDED"
    root.do("LoadModel", "hollow")
    broken = root.await_status("hollow", "broken")
    assert broken["problem"]
    with refused("OperationConflict"):
        root.do("LoadModel", "hollow")
    root.do("DeleteModel", "hollow")


def test_clients_of_npm_do_the_same(server):
    asked = {"endpoint": urllib.parse.urlsplit(server.url).netloc, "key": ACCESS_KEY_ID, "secret": ACCESS_KEY_SECRET,
             "version": "2026-02-10", "calls": [
                 ["GET", "ListModels", MODELS, {"name": "fake"}], ["PUT", "PinModel", f"{MODELS}/fake/pin", {}],
                 ["GET", "GetModel", f"{MODELS}/fake", {}], ["PUT", "UnpinModel", f"{MODELS}/fake/unpin", {}],
                 ["POST", "PullModel", f"{MODELS}/pull", {"source": "nonsense"}]]}
    done = subprocess.run(["node", HERE / "clients" / "openapi_generic.js"], input=json.dumps(asked), text=True,
                          capture_output=True, timeout=60, cwd=HERE, check=False)
    assert done.returncode == 0, done.stderr
    listed, pinned, got, unpinned, refusal = json.loads(done.stdout)
    assert [model["model"] for model in listed["models"]] == ["fake"]
    assert pinned["model"]["pinned"] and got["model"]["pinned"] and not unpinned["model"]["pinned"]
    assert refusal["code"] == "InvalidParameter"


# ---- pull ------------------------------------------------------------------------------------

def test_a_model_is_pulled(root, files, hub):
    task = root.pull()
    assert task["type"] == "Pull" and task["source"] == "owner/repo" and task["createdBy"].endswith(":root")
    done = root.end_of(task)
    assert done["status"] == "SUCCEEDED" and done["model"] == "Tiny-Q4_K_M", done
    assert done["bytesDone"] == done["bytesTotal"] == len(MODEL)
    assert root.get("Tiny-Q4_K_M")["fileBytes"] == len(MODEL)
    assert done["taskId"] in [one["taskId"] for one in root.call("ListModelTasks", "GET", TASKS)["tasks"]]
    again = root.end_of(root.pull())
    assert again["status"] == "SUCCEEDED" and "already" in again["message"]
    root.do("DeleteModel", "Tiny-Q4_K_M")


def test_the_file_can_be_chosen(root, files):
    done = root.end_of(root.pull("owner/repo:Q8_0", model="chosen"))
    assert done["status"] == "SUCCEEDED" and root.get("chosen")["fileBytes"] == 5000
    root.do("DeleteModel", "chosen")
    done = root.end_of(root.pull(file="*Q8*"))
    assert (done["model"], done["file"]) == ("Tiny-Q8_0", "*Q8*")
    root.do("DeleteModel", "Tiny-Q8_0")


@pytest.mark.parametrize("parameters, code", [
    ({"source": ""}, "MissingParameter"), ({"source": "nonsense"}, "InvalidParameter"),
    ({"model": "../x"}, "InvalidParameter"), ({"hub": "http://127.0.0.1:1"}, "InvalidParameter"),
    ({"hub": "modelscope"}, "InvalidParameter"), ({"source": "o/" + "r" * 2000}, "InvalidParameter")])
def test_a_wrong_wish_is_refused_at_once(root, files, parameters, code):
    with refused(code):
        root.pull(**parameters)


@pytest.mark.parametrize("wrong, code, said", [
    ({"status": 404}, "ResourceNotFound", "404"), ({"announced_sha256": "1" * 64}, "ChecksumMismatch", "SHA-256"),
    ({"status": 429, "headers": {"Retry-After": "3600"}}, "ServiceUnavailable", "3600 s"),
    ({"cut_after": [0, 0]}, "ConnectionLost", "")])
def test_a_failure_is_explained_and_leaves_nothing(server, root, files, hub, wrong, code, said):
    for name, value in wrong.items():
        setattr(hub, name, value)
    failed = root.end_of(root.pull(model="fails"))
    assert (failed["status"], failed["errorCode"]) == ("FAILED", code), failed
    assert said in failed["errorMessage"] and server.arguments[1] not in failed["errorMessage"]
    with refused("ResourceNotFound"):
        root.get("fails")


def test_what_was_cut_off_goes_on(root, files, hub):
    hub.cut_after = [1_000_000, 0]
    assert root.end_of(root.pull(model="cut"))["status"] == "FAILED"
    before = len(hub.requests)
    assert root.end_of(root.pull(model="cut"))["status"] == "SUCCEEDED"
    assert any(headers.get("Range") == "bytes=1000000-" for _, _, headers in hub.requests[before:])
    root.do("DeleteModel", "cut")


def test_a_hub_that_has_enough_is_asked_again(root, files, hub):
    hub.busy = [(429, {"Retry-After": "0"}), (503, {"Retry-After": "Thu, 01 Jan 2026 00:00:00 GMT"})]
    assert root.end_of(root.pull(model="busy"))["status"] == "SUCCEEDED"
    root.do("DeleteModel", "busy")


@pytest.fixture
def stalled(hub, files):
    """A hub that stops in the middle of every file, until it is let go: (file has begun, let go)."""
    begun, go_on, give = threading.Event(), threading.Event(), hub._give

    def stall(request):
        request.send_response(200)
        request.send_header("Content-Length", str(len(MODEL)))
        request.end_headers()
        request.wfile.write(MODEL[:2_500_000])
        request.wfile.flush()
        begun.set()
        go_on.wait(60)
    hub._give = stall
    hub.let_go = lambda: (setattr(hub, "_give", give), go_on.set())
    yield begun
    hub._give = give
    go_on.set()


@pytest.mark.parametrize("keep", [False, True])
def test_a_pull_is_cancelled(root, hub, server, stalled, keep):
    task = root.pull(model="stops")
    assert stalled.wait(60)
    until(lambda: root.task(task), lambda now: now["bytesDone"] == 2_500_000)
    with refused("OperationConflict"):
        root.pull(model="stops")
    with refused("OperationConflict"):
        root.do("DeleteModel", "stops")
    assert root.task(task)["bytesTotal"] == len(MODEL)
    root.cancel(task, **({"keepData": "true"} if keep else {}))
    assert root.end_of(task)["status"] == "CANCELED"
    with refused("OperationConflict"):
        root.cancel(task)
    if not keep:
        with refused("ResourceNotFound"):
            root.do("DeleteModel", "stops")
    else:
        root.do("DeleteModel", "stops")  # gives up what came


def test_how_many_come_at_once_is_bounded(root, hub, stalled):
    tasks = []
    with refused("Throttling"):
        for number in range(100):
            tasks.append(root.pull(model=f"many-{number}"))
    assert len(tasks) == 18
    states = until(lambda: [root.task(task)["status"] for task in tasks], lambda now: now.count("RUNNING") == 2)
    assert states.count("PENDING") == 16
    for task in reversed(tasks):
        root.cancel(task)
    for task in tasks:
        assert root.end_of(task)["status"] == "CANCELED"


def test_a_server_stops_in_the_middle_of_a_pull(hub, stalled, tmp_path):
    with_task = Server("--data", str(tmp_path), "--hub", f"hf+{hub.url}").start()
    Studio(with_task).pull(model="stops")
    assert stalled.wait(60)
    assert with_task.stop() == 0


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_pull_goes_on_after_a_restart(hub, stalled, tmp_path, end):
    server = Server("--data", str(tmp_path), "--hub", f"hf+{hub.url}").start()
    studio = Studio(server)
    failed = studio.pull(source="nobody/nothing", model="none")
    assert studio.end_of(failed)["status"] == "FAILED"
    task = studio.pull(model="goes-on")
    assert stalled.wait(60)
    until(lambda: studio.task(task), lambda now: now["bytesDone"] == 2_500_000)
    assert getattr(server, end)() in (0, None)
    hub.let_go()
    server.start()
    studio = Studio(server)
    done = studio.end_of(task)
    assert done["status"] == "SUCCEEDED" and done["bytesTotal"] == len(MODEL), done
    assert studio.get("goes-on")["fileBytes"] == len(MODEL)
    assert studio.task(failed)["status"] == "FAILED" and studio.task(failed)["errorCode"]
    assert server.stop() == 0


def test_a_hub_that_cannot_be_one_stops_the_start(tmp_path):
    wrong = Server("--data", str(tmp_path), "--hub", "ftp://hub.test")
    with pytest.raises(NotReady, match="hub: "):
        wrong.start()


# ---- import ----------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def bucket(server):
    made = bucket_of(server, data.name("models"), ACCESS_KEY_ID, ACCESS_KEY_SECRET)
    made.create_bucket()
    made.put_object("some/tiny.gguf", MODEL)
    made.put_object("text.gguf", b"not a model at all")
    return made.bucket_name


def test_a_model_comes_from_a_bucket(root, bucket):
    task = root.import_(f"oss://{bucket}/some/tiny.gguf")
    assert task["type"] == "Import" and task["model"] == "tiny"
    done = root.end_of(task)
    assert done["status"] == "SUCCEEDED" and done["bytesDone"] == done["bytesTotal"] == len(MODEL), done
    assert root.get("tiny")["fileBytes"] == len(MODEL)
    root.do("DeleteModel", "tiny")


@pytest.mark.parametrize("source, code", [
    ("oss://{}/none.gguf", "ResourceNotFound"), ("oss://no-such-bucket/x.gguf", "ResourceNotFound"),
    ("oss://{}/text.bin", "InvalidParameter"), ("http://x/y.gguf", "InvalidParameter"), ("", "MissingParameter")])
def test_what_cannot_be_imported_is_refused_at_once(root, bucket, source, code):
    with refused(code):
        root.import_(source.format(bucket))


def test_what_is_no_model_does_not_get_in(root, bucket):
    failed = root.end_of(root.import_(f"oss://{bucket}/text.gguf", model="text"))
    assert (failed["status"], failed["errorCode"]) == ("FAILED", "InvalidModel"), failed
    with refused("ResourceNotFound"):
        root.do("DeleteModel", "text")


# ---- who may ---------------------------------------------------------------------------------

def test_policies_say_who_looks_after_which_model(server, root, files, ann):
    name, me, _ = ann
    for call in (me.list, lambda: me.get("fake"), lambda: me.do("LoadModel", "fake"), me.pull,
                 lambda: me.call("ListModelTasks", "GET", TASKS)):
        with refused("NoPermission"):
            call()
    grant(server, name, allow(["modelstudio:PullModel", "modelstudio:DeleteModel", "modelstudio:GetModel"],
                              "acs:modelstudio:*:*:model/ann-*"),
          allow("modelstudio:GetModelTask", "acs:modelstudio:*:*:modeltask/*"))
    with refused("NoPermission"):
        me.pull()  # its name would be the hub's to choose
    with refused("NoPermission"):
        me.pull(model="bob")
    task = me.pull(model="ann-1")
    assert task["createdBy"].endswith(f":user/{name}") and me.end_of(task)["status"] == "SUCCEEDED"
    assert me.get("ann-1")["fileBytes"] == len(MODEL)
    with refused("NoPermission"):
        me.cancel(task)
    with refused("NoPermission"):
        me.do("DeleteModel", "fake")
    me.do("DeleteModel", "ann-1")


def test_an_import_needs_the_right_to_read_the_object(server, root, bucket, ann):
    name, me, key = ann
    grant(server, name, allow("modelstudio:ImportModel"), allow("modelstudio:GetModelTask"))
    source = f"oss://{bucket}/some/tiny.gguf"
    with refused("NoPermission") as caught:
        me.import_(source, model="ann-2")
    detail = caught.value.access_denied_detail
    assert detail["AuthAction"] == "oss:GetObject" and detail["NoPermissionType"] == "ImplicitDeny"
    shown = json.loads(base64.b64decode(detail["EncodedDiagnosticMessage"]))
    assert shown["AuthResource"].endswith(f":{bucket}/some/tiny.gguf")
    with refused("NoPermission"):
        me.import_(f"oss://{bucket}/none.gguf", model="ann-2")  # not even whether it is there
    with pytest.raises(oss2.exceptions.AccessDenied):
        bucket_of(server, bucket, *key).get_object("some/tiny.gguf")
    grant(server, name, allow("oss:GetObject", f"acs:oss:*:*:{bucket}/some/*"))
    assert me.end_of(me.import_(source, model="ann-2"))["status"] == "SUCCEEDED"
    root.do("DeleteModel", "ann-2")


def test_what_was_done_is_in_the_trail(server, root, files):
    root.end_of(root.pull(model="trail"))
    root.do("DeleteModel", "trail")
    trail = Rpc(server)

    def events():
        found = trail("LookupEvents", version="2020-07-06", **{
            "LookupAttribute.1.Key": "EventName", "LookupAttribute.1.Value": "DeleteModel"})["Events"]
        return [event for event in found if "model/trail" in json.dumps(event)]
    event = until(events, lambda found: found)[0]
    assert event["eventRW"] == "Write" and event["serviceName"] == "ModelStudio"
