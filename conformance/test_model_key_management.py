"""Keys for models as resources that RAM governs, through alibabacloud-modelstudio20260210: who may make, list, change
and delete them, and which models they may call."""

import urllib.parse

import openai
import pytest
from alibabacloud_modelstudio20260210 import models
from alibabacloud_modelstudio20260210.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from harness import data
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION, Server
from test_ram import Rpc, allow, grant


@pytest.fixture(scope="module")
def studio():
    started = Server("--ephemeral", "--fake-model").start()
    yield started
    assert started.stop() == 0


def client_of(server, key=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET):
    return Client(Config(access_key_id=key, access_key_secret=secret, region_id=REGION, protocol="http",
                         endpoint=urllib.parse.urlsplit(server.url).netloc))


def auth(*names):
    scope = models.CreateApiKeyRequestAuthModelAccessScope(allow_all_models=not names, accessible_models=list(names))
    return models.CreateApiKeyRequestAuth(type="Custom" if names else "All", model_access_scope=scope)


def create(client, *names, **more):
    request = models.CreateApiKeyRequest(auth=auth(*names), description=data.name("key"), **more)
    return client.create_api_key(request).body.api_key


def chat(studio, secret):
    client = openai.OpenAI(base_url=studio.url + "/v1", api_key=secret, max_retries=0)
    return client.chat.completions.create(model="fake", messages=[{"role": "user", "content": "hi"}])


@pytest.fixture
def ann(studio):
    root, name = Rpc(studio), data.name("ann")
    root("CreateUser", UserName=name)
    key = root("CreateAccessKey", UserName=name)["AccessKey"]
    return name, client_of(studio, key["AccessKeyId"], key["AccessKeySecret"])


def test_a_key_lives(studio):
    client = client_of(studio)
    made = create(client, workspace_id="team-a")
    assert made.api_key_value.startswith("sk-") and made.workspace_id == "team-a" and made.created_by.endswith(":root")
    assert chat(studio, made.api_key_value).choices
    shown = client.get_api_key(made.api_key_id).body.api_key
    assert shown.description == made.description and not shown.api_key_value and shown.auth.type == "All"
    client.disable_api_key(made.api_key_id, models.DisableApiKeyRequest())
    with pytest.raises(openai.AuthenticationError):
        chat(studio, made.api_key_value)
    client.enable_api_key(made.api_key_id, models.EnableApiKeyRequest())
    assert chat(studio, made.api_key_value).choices
    again = client.reset_api_key(made.api_key_id, models.ResetApiKeyRequest()).body.api_key
    with pytest.raises(openai.AuthenticationError):
        chat(studio, made.api_key_value)
    assert chat(studio, again.api_key_value).choices
    client.delete_api_key(made.api_key_id)
    with pytest.raises(openai.AuthenticationError):
        chat(studio, again.api_key_value)
    with pytest.raises(Exception, match="ApiKeyNotFound"):
        client.get_api_key(made.api_key_id)


def test_a_key_calls_only_its_models(studio):
    client = client_of(studio)
    made = create(client, "another")
    with pytest.raises(openai.NotFoundError):
        chat(studio, made.api_key_value)
    me = openai.OpenAI(base_url=studio.url + "/v1", api_key=made.api_key_value)
    assert [model.id for model in me.models.list()] == []
    scope = models.UpdateApiKeyRequestAuthModelAccessScope(allow_all_models=False, accessible_models=["fake"])
    client.update_api_key(made.api_key_id, models.UpdateApiKeyRequest(
        auth=models.UpdateApiKeyRequestAuth(type="Custom", model_access_scope=scope)))
    assert chat(studio, made.api_key_value).choices
    assert [model.id for model in me.models.list()] == ["fake"]
    shown = client.get_api_key(made.api_key_id).body.api_key
    assert shown.auth.model_access_scope.accessible_models == ["fake"]


def test_who_may_manage_keys(studio, ann):
    name, me = ann
    with pytest.raises(Exception, match="NoPermission"):
        create(me)
    grant(studio, name, allow("modelstudio:CreateApiKey", Condition={
        "ForAllValues:StringLike": {"modelstudio:Model": ["fake"]}}))
    made = create(me, "fake")
    assert made.created_by.endswith(f":user/{name}")
    for names in ((), ("fake", "another")):
        with pytest.raises(Exception, match="NoPermission"):
            create(me, *names)
    with pytest.raises(Exception, match="NoPermission"):
        me.delete_api_key(made.api_key_id)
    grant(studio, name, allow("modelstudio:DeleteApiKey", f"acs:modelstudio:*:*:apikey/{made.api_key_id}"))
    other = create(client_of(studio))
    with pytest.raises(Exception, match="NoPermission"):
        me.delete_api_key(other.api_key_id)
    me.delete_api_key(made.api_key_id)


def test_listing_pages(studio):
    client = client_of(studio)
    workspace = data.name("team")[:40]
    ids = sorted((create(client, workspace_id=workspace).api_key_id for _ in range(5)), reverse=True)
    seen, token = [], None
    while True:
        page = client.list_api_keys(models.ListApiKeysRequest(workspace_id=workspace, max_results=2, next_token=token)).body
        assert page.success and page.total_count == 5
        seen += [key.api_key_id for key in page.api_keys]
        assert not any(key.api_key_value for key in page.api_keys)
        token = page.next_token
        if not token:
            break
    assert seen == ids


def test_what_is_not_there_says_so(studio):
    client = client_of(studio)
    with pytest.raises(Exception, match="NotImplemented"):
        client.list_workspaces(models.ListWorkspacesRequest())
    request = models.CreateApiKeyRequest(auth=models.CreateApiKeyRequestAuth(type="Custom", access_ips=["10.0.0.0/8"]))
    with pytest.raises(Exception, match="NotImplemented"):
        client.create_api_key(request)
