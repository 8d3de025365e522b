"""Files and uploads through the dashscope package."""

import json

import dashscope
import oss2
import pytest
import requests
from dashscope.utils.oss_utils import OssUtils

from harness.models import MODEL
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET


@pytest.fixture(autouse=True)
def pointed(models, monkeypatch):
    monkeypatch.setattr(dashscope, "api_key", models.key)
    monkeypatch.setattr(dashscope, "base_http_api_url", models.url + "/api/v1")


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text('{"messages": []}\n')
    return str(path)


def test_a_file(lines):
    uploaded = dashscope.Files.upload(lines, description="one line")
    assert uploaded.status_code == 200 and not uploaded.output["failed_uploads"]
    file_id = uploaded.output["uploaded_files"][0]["file_id"]
    got = dashscope.Files.get(file_id).output
    assert (got["name"], got["description"], got["size"]) == ("lines.jsonl", "one line", 17)
    assert dashscope.Files.delete(file_id).status_code == 200
    for missing in (dashscope.Files.get(file_id), dashscope.Files.delete(file_id)):
        assert missing.status_code == 400 and missing.code == "InvalidParameter"


def test_lists_in_pages(models, lines):
    _, key = models.make_key("--workspace", "dashscope-pages")
    ids = [dashscope.Files.upload(lines, api_key=key).output["uploaded_files"][0]["file_id"] for _ in range(3)]
    page = dashscope.Files.list(page=2, page_size=2, api_key=key).output
    assert page["total"] == 3 and [file["file_id"] for file in page["files"]] == ids[:1]


def test_an_upload_goes_straight_to_object_storage(models, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(b"not really")
    url, certificate = OssUtils.upload(MODEL, str(path))
    assert url == f"oss://{certificate['upload_dir']}/photo.png"
    bucket = oss2.Bucket(oss2.Auth(ACCESS_KEY_ID, ACCESS_KEY_SECRET), models.url, "modelstudio", is_path_style=True)
    stored = bucket.get_object(url.removeprefix("oss://"))
    assert stored.read() == b"not really" and stored.headers["Content-Type"] == "image/png"
    # Private: the URL alone opens nothing.
    assert requests.get(f"{models.url}/modelstudio/{url.removeprefix('oss://')}", timeout=60).status_code == 403


@pytest.mark.parametrize("wrong", [
    {"key": "files/default/x"}, {"x-oss-object-acl": "public-read"}, {"x-oss-forbid-overwrite": "false"},
    {"policy": "e30="}])
def test_its_policy_allows_nothing_else(wrong):
    given = OssUtils.get_upload_certificate(MODEL).output
    form = {"OSSAccessKeyId": given["oss_access_key_id"], "Signature": given["signature"], "policy": given["policy"],
            "key": given["upload_dir"] + "/a", "x-oss-object-acl": "private", "x-oss-forbid-overwrite": "true"}
    assert requests.post(given["upload_host"], data=form, files={"file": b"x"}, timeout=60).status_code == 204
    again = form | {"key": given["upload_dir"] + "/b"} | wrong
    assert requests.post(given["upload_host"], data=again, files={"file": b"x"}, timeout=60).status_code == 403


def test_the_second_client(models, lines):
    """dashscope.v2, which parses what comes back."""
    v2 = pytest.importorskip("dashscope.v2")
    client = v2.Client(api_key=models.key, base_url=models.url + "/api/v1")
    made = client.files.upload(file_path=lines, description="x")
    assert made.file_id and made.name == "lines.jsonl"
    assert client.files.get(made.file_id).size == len(json.dumps({"messages": []})) + 1
    assert client.files.list().total_count >= 1
    assert client.files.delete(made.file_id).deleted
