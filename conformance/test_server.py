"""The server's own pages and its life: health, metrics, reset, start, stop."""

import subprocess

import pytest

from harness import data
from harness.raw import Raw
from harness.server import Server, binary
from test_ram import STS, Rpc, denied

KMS, TRAILS = "2016-01-20", "2020-07-06"


def test_health(server):
    status, body = server.ask("GET", "/_lakeside/health")
    assert status == 200 and body


def test_metrics(server, oss, bucket):
    oss.put(bucket, "key", b"content")
    status, body = server.ask("GET", "/_lakeside/metrics")
    assert status == 200
    assert b"# TYPE" in body and b"PutObject" in body


def test_metrics_of_chosen_names(server, oss, bucket):
    oss.put(bucket, "key", b"content")
    whole = server.ask("GET", "/_lakeside/metrics")[1]
    asked = "name[]=lakeside_requests_total&name%5B%5D=lakeside_model_queue_depth&name[]=unknown"
    status, body = server.ask("GET", f"/_lakeside/metrics?{asked}")
    assert status == 200 and len(body) < len(whole) / 2
    families = {line.split()[2] for line in body.splitlines() if line.startswith(b"# TYPE")}
    assert b"lakeside_requests_total" in families
    assert families <= {b"lakeside_requests_total", b"lakeside_model_queue_depth"}
    used = server.ask("GET", f"/_lakeside/metrics?{asked}&usedonly")[1]
    assert len(used) < len(body)
    assert b'operation="PutObject",status="2xx"' in used
    assert not any(line.endswith(b" 0") for line in used.splitlines() if line.startswith(b"lakeside_requests"))
    assert server.ask("GET", "/_lakeside/metrics?name[]=unknown") == (200, b"")
    assert server.ask("GET", "/_lakeside/metrics?" + "&".join(["name[]=x"] * 65))[0] == 400
    signed = oss.request("GET", "_lakeside", "metrics", query={"name[]": "lakeside_http_connections"})
    assert signed.status == 200 and signed.body.count(b"# TYPE") == 1


def test_reset_empties_everything():
    server = Server("--ephemeral", "--durability=relaxed").start()
    try:
        oss, s3 = Raw(server, "v4"), Raw(server, "sigv4")
        name = data.name()
        oss.make_bucket(name, "public-read")
        oss.put(name, "key", data.blob(200_000))
        oss.initiate(name, "upload")
        server.reset()
        assert oss.request("GET").texts("Buckets/Bucket/Name") == []
        assert s3.request("HEAD", name).status == 404
        oss.make_bucket(name)
        assert oss.request("GET", name).texts("Contents/Key") == []
        assert oss.request("GET", name, query={"uploads": ""}).texts("Upload/Key") == []
        assert oss.request("GET", name, query={"acl": ""}).text("AccessControlList/Grant") == "private"
    finally:
        assert server.stop() == 0


def test_reset_leaves_an_installation_as_new():
    server = Server("--ephemeral", "--durability=relaxed").start()
    try:
        root = Rpc(server)
        root("CreateUser", UserName="ann")
        root("CreateKey", KMS)
        root("CreateSecret", KMS, SecretName="s", VersionId="v", SecretData="x")
        oss = Raw(server, "v4")
        oss.make_bucket("events")
        root("CreateTrail", TRAILS, Name="everything", OssBucketName="events")
        made = oss.request("POST", "_lakeside", "accounts", headers={"x-oss-account-name": "other"})
        _, key, secret = made.body.decode().split()[1::2]
        theirs = Rpc(server, key, secret)
        theirs("CreateUser", UserName="bob")
        server.reset()
        denied(lambda: theirs("GetCallerIdentity", STS), "InvalidAccessKeyId.NotFound")
        assert len(oss.request("GET", "_lakeside", "accounts").body.splitlines()) == 1
        assert root("ListUsers")["Users"]["User"] == []
        assert root("ListKeys", KMS)["TotalCount"] == root("ListSecrets", KMS)["TotalCount"] == 0
        assert root("DescribeTrails", TRAILS)["TrailList"] == []
        assert "CreateUser" not in [event["eventName"] for event in root("LookupEvents", TRAILS)["Events"]]
        root("CreateUser", UserName="ann")
        assert [event["eventName"] for event in root("LookupEvents", TRAILS)["Events"]][:1] == ["CreateUser"]
    finally:
        assert server.stop() == 0


def test_reset_is_refused_on_data_that_matters(tmp_path):
    server = Server("--data", str(tmp_path / "data")).start()
    try:
        oss = Raw(server, "v1")
        oss.make_bucket("kept")
        status, _ = server.ask("POST", "/_lakeside/reset")
        assert status in (403, 404, 405)
        assert oss.request("GET").texts("Buckets/Bucket/Name") == ["kept"]
    finally:
        assert server.stop() == 0


def test_everything_is_there_after_a_restart(tmp_path):
    server = Server("--data", str(tmp_path / "data")).start()
    oss = Raw(server, "v1")
    small, large = b"small", data.blob(1_000_000)
    oss.make_bucket("restart", "public-read")
    oss.put("restart", "small", small, x_oss_meta_a="1", content_type="text/told")
    oss.put("restart", "large", large)
    oss.request("POST", "restart", "log", query={"append": "", "position": "0"}, body=b"one")
    upload_id = oss.initiate("restart", "upload")
    etag = oss.upload_part("restart", "upload", upload_id, 1, large)
    assert server.stop() == 0

    server = Server("--data", str(tmp_path / "data")).start()
    try:
        oss, s3 = Raw(server, "v1"), Raw(server, "sigv4")
        got = oss.get("restart", "small")
        assert (got.body, got.headers["x-oss-meta-a"], got.headers["content-type"]) == (small, "1", "text/told")
        assert s3.get("restart", "large").body == large
        assert oss.request("GET", "restart", query={"acl": ""}).text("AccessControlList/Grant") == "public-read"
        reply = oss.request("POST", "restart", "log", query={"append": "", "position": "3"}, body=b"two")
        assert reply.headers["x-oss-next-append-position"] == "6"
        assert oss.complete("restart", "upload", upload_id, [(1, etag)]).status == 200
        assert oss.get("restart", "upload").body == large
    finally:
        assert server.stop() == 0


def test_one_process_for_a_data_folder(tmp_path):
    server = Server("--data", str(tmp_path / "data")).start()
    try:
        second = subprocess.run([binary(), "serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0"],
                                capture_output=True, timeout=60)
        assert second.returncode != 0
        assert str(tmp_path / "data").encode() in second.stdout + second.stderr
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("arguments", [
    ["--no-such-flag"], ["--listen", "nonsense"], ["--durability=whatever"], ["--data", "/proc/nowhere"],
    ["--ephemeral", "--data", "/tmp/x"], ["--tls-cert", "/nonexistent"]])
def test_a_wrong_setting_is_a_clear_error(arguments):
    done = subprocess.run([binary(), "serve", "--listen", "127.0.0.1:0", *arguments], capture_output=True, timeout=60)
    assert done.returncode not in (0, -6, -11), done
    assert done.stdout + done.stderr


def test_the_secret_is_not_in_the_log(server, oss, bucket):
    from harness.server import ACCESS_KEY_SECRET
    oss.put(bucket, "key", b"content")
    Raw(server, "v1", identity=("LTAI5tConformanceRoot", "wrong")).request("GET", bucket)
    assert ACCESS_KEY_SECRET not in server.output()
