"""Bucket policies and PublicAccessBlock: oss2, alibabacloud_oss_v2, ali-oss and boto3, each in its own language."""

import json
import pathlib
import socket
import subprocess

import alibabacloud_oss_v2 as oss_v2
import boto3
import botocore.exceptions
import oss2
import pytest
from harness.raw import Raw
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION, Server

NODE_MODULES = pathlib.Path(__file__).parent / "node_modules"


def oss_policy(bucket, principal="*", action="oss:GetObject", effect="Allow", **more):
    return json.dumps({"Version": "1", "Statement": [
        {"Effect": effect, "Action": [action], "Principal": [principal],
         "Resource": [f"acs:oss:*:*:{bucket}", f"acs:oss:*:*:{bucket}/*"], **more}]})


def s3_policy(bucket, principal="*", action="s3:GetObject", effect="Allow", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "One", "Effect": effect, "Action": action, "Principal": principal,
         "Resource": f"arn:aws:s3:::{bucket}/*", **more}]})


@pytest.fixture
def py(server, bucket):
    return oss2.Bucket(oss2.Auth(ACCESS_KEY_ID, ACCESS_KEY_SECRET), server.url, bucket, is_path_style=True)


@pytest.fixture
def v2(server):
    config = oss_v2.config.load_default()
    config.credentials_provider = oss_v2.credentials.StaticCredentialsProvider(ACCESS_KEY_ID, ACCESS_KEY_SECRET)
    config.region, config.endpoint, config.use_path_style = REGION, server.url, True
    return oss_v2.Client(config)


@pytest.fixture
def boto(server):
    return boto3.client("s3", endpoint_url=server.url, region_name=REGION, aws_access_key_id=ACCESS_KEY_ID,
                        aws_secret_access_key=ACCESS_KEY_SECRET)


@pytest.fixture
def opened(anonymous, oss, bucket):
    """The status of an anonymous GET."""
    oss.put(bucket, "k", b"content")
    return lambda: anonymous.get(bucket, "k").status


def code_of(call, *arguments, **parameters):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **parameters)
    return caught.value.response["Error"]["Code"]


@pytest.mark.operation("PutBucketPolicy")
def test_a_policy_by_oss2(py, bucket, opened):
    assert opened() == 403
    with pytest.raises(oss2.exceptions.NoSuchBucketPolicy):
        py.get_bucket_policy()
    policy = oss_policy(bucket)
    py.put_bucket_policy(policy)
    assert json.loads(py.get_bucket_policy().policy) == json.loads(policy)
    assert opened() == 200
    py.put_bucket_policy(oss_policy(bucket, Condition={"IpAddress": {"acs:SourceIp": "203.0.113.0/24"}}))
    assert opened() == 403
    py.delete_bucket_policy()
    py.delete_bucket_policy()
    with pytest.raises(oss2.exceptions.ServerError) as caught:
        py.put_bucket_policy('{"Version": 1}')
    assert (caught.value.status, caught.value.code) == (400, "InvalidPolicyDocument")


@pytest.mark.operation("GetBucketPolicyStatus")
def test_a_policys_status_by_oss_v2(v2, bucket, opened):
    def status():
        return v2.get_bucket_policy_status(oss_v2.GetBucketPolicyStatusRequest(bucket=bucket)).policy_status.is_public
    assert status() is False
    v2.put_bucket_policy(oss_v2.PutBucketPolicyRequest(bucket=bucket, body=oss_policy(bucket)))
    assert status() is True and opened() == 200
    shown = v2.get_bucket_policy(oss_v2.GetBucketPolicyRequest(bucket=bucket))
    assert "oss:GetObject" in shown.body
    v2.delete_bucket_policy(oss_v2.DeleteBucketPolicyRequest(bucket=bucket))
    with pytest.raises(oss_v2.exceptions.OperationError) as caught:
        v2.get_bucket_policy(oss_v2.GetBucketPolicyRequest(bucket=bucket))
    assert "NoSuchBucketPolicy" in str(caught.value)


@pytest.mark.operation("GetBucketPolicy")
def test_a_policy_by_ali_oss(server, bucket, opened):
    script = """
        const OSS = require(process.argv[1] + '/ali-oss');
        const [endpoint, bucket, id, secret, policy] = process.argv.slice(2);
        const store = new OSS({ endpoint, bucket, accessKeyId: id, accessKeySecret: secret, sldEnable: true });
        (async () => {
          await store.putBucketPolicy(bucket, JSON.parse(policy));
          const shown = await store.getBucketPolicy(bucket);
          await store.deleteBucketPolicy(bucket);
          const gone = await store.getBucketPolicy(bucket).catch(e => e.code);
          console.log(JSON.stringify([shown.policy, shown.status, gone]));
        })().catch(e => { console.error(e); process.exit(1); });"""
    done = subprocess.run(["node", "-e", script, str(NODE_MODULES), server.url, bucket, ACCESS_KEY_ID,
                           ACCESS_KEY_SECRET, oss_policy(bucket)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    shown, status, gone = json.loads(done.stdout)
    assert shown == json.loads(oss_policy(bucket)) and status == 200
    assert gone == "NoSuchBucketPolicy" or gone.get("status") == 404


@pytest.mark.operation("PutBucketPolicy")
def test_a_policy_by_boto3(boto, bucket, opened, oss):
    assert code_of(boto.get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"
    policy = s3_policy(bucket)
    boto.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert boto.get_bucket_policy(Bucket=bucket)["Policy"] == policy
    assert boto.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
    assert opened() == 200
    # An explicit deny is one in both dialects, and S3's "*" means the owner too.
    boto.put_bucket_policy(Bucket=bucket, Policy=s3_policy(bucket, {"AWS": "*"}, "s3:Get*", "Deny"))
    assert code_of(boto.get_object, Bucket=bucket, Key="k") == "AccessDenied"
    assert oss.get(bucket, "k").text("EC") == "0003-00000101"
    boto.delete_bucket_policy(Bucket=bucket)
    assert boto.get_object(Bucket=bucket, Key="k")["Body"].read() == b"content"
    for wrong, said in [("{", "MalformedPolicy"), (s3_policy("another"), "MalformedPolicy"),
                        (s3_policy(bucket, {"AWS": "me"}), "MalformedPolicy"),
                        (s3_policy(bucket, Condition={"Null": {"aws:SourceIp": "true"}}), "NotImplemented")]:
        assert code_of(boto.put_bucket_policy, Bucket=bucket, Policy=wrong) == said


@pytest.mark.operation("PutBucketPublicAccessBlock")
def test_public_access_block_by_oss2(py, bucket, opened):
    py.put_bucket_acl(oss2.BUCKET_ACL_PUBLIC_READ)
    assert opened() == 200
    assert py.get_bucket_public_access_block().block_public_access is False
    py.put_bucket_public_access_block(True)
    assert py.get_bucket_public_access_block().block_public_access is True
    assert opened() == 403
    for call, message in [(lambda: py.put_bucket_acl(oss2.BUCKET_ACL_PUBLIC_READ), "Put public bucket acl is not allowed"),
                          (lambda: py.put_object_acl("k", oss2.OBJECT_ACL_PUBLIC_READ), "Put public object acl is not allowed"),
                          (lambda: py.put_bucket_policy(oss_policy(bucket)), "Put public bucket policy is not allowed")]:
        with pytest.raises(oss2.exceptions.AccessDenied) as caught:
            call()
        assert caught.value.message == message
    py.delete_bucket_public_access_block()
    assert opened() == 200


@pytest.mark.operation("PutPublicAccessBlock")
def test_public_access_block_of_the_account(v2, server, bucket, opened, oss):
    oss.request("PUT", bucket, query={"acl": ""}, headers={"x-oss-acl": "public-read"})
    service = oss2.Service(oss2.Auth(ACCESS_KEY_ID, ACCESS_KEY_SECRET), server.url)
    try:
        service.put_public_access_block(True)
        assert service.get_public_access_block().block_public_access is True
        shown = v2.get_public_access_block(oss_v2.GetPublicAccessBlockRequest())
        assert shown.public_access_block_configuration.block_public_access is True
        assert opened() == 403
    finally:
        service.delete_public_access_block()
    assert opened() == 200


@pytest.mark.operation("PutPublicAccessBlock")
def test_public_access_block_by_boto3(boto, bucket, opened):
    assert code_of(boto.get_public_access_block, Bucket=bucket) == "NoSuchPublicAccessBlockConfiguration"
    boto.put_bucket_policy(Bucket=bucket, Policy=s3_policy(bucket))
    assert opened() == 200
    every = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)
    boto.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=every)
    assert boto.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == every
    assert opened() == 403
    assert code_of(boto.put_bucket_policy, Bucket=bucket, Policy=s3_policy(bucket)) == "AccessDenied"
    assert code_of(boto.put_bucket_acl, Bucket=bucket, ACL="public-read") == "AccessDenied"
    boto.delete_public_access_block(Bucket=bucket)
    assert opened() == 200


@pytest.fixture
def localhost(monkeypatch):
    """Names below localhost are this machine (RFC 6761), also where the system's resolver does not know."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: resolve(
        "127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more))


@pytest.mark.dialect("s3")
@pytest.mark.operation("PutAccountPublicAccessBlock")
def test_public_access_block_of_the_account_by_boto3(localhost):
    server = Server("--ephemeral", "--durability=relaxed").start()
    try:
        settings = {"endpoint_url": f"http://localhost:{server.port}", "region_name": REGION,
                    "aws_access_key_id": ACCESS_KEY_ID, "aws_secret_access_key": ACCESS_KEY_SECRET}
        control, s3 = boto3.client("s3control", **settings), boto3.client("s3", **settings)
        account = s3.list_buckets()["Owner"]["ID"]
        assert code_of(control.get_public_access_block, AccountId=account) == "NoSuchPublicAccessBlockConfiguration"
        s3.create_bucket(Bucket="open", ACL="public-read")
        s3.put_object(Bucket="open", Key="k", Body=b"content")
        anonymous = Raw(server, None)
        assert anonymous.get("open", "k").status == 200
        switches = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
        control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=switches)
        assert control.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"] == switches
        assert anonymous.get("open", "k").status == 403
        assert code_of(s3.create_bucket, Bucket="another", ACL="public-read") == "AccessDenied"
        oss = oss2.Service(oss2.Auth(ACCESS_KEY_ID, ACCESS_KEY_SECRET), server.url)
        assert oss.get_public_access_block().block_public_access is True
        control.delete_public_access_block(AccountId=account)
        assert anonymous.get("open", "k").status == 200
        assert code_of(control.get_public_access_block, AccountId="1" * 16) == "AccessDenied"
        assert code_of(control.list_access_points, AccountId=account) == "NotImplemented"
    finally:
        assert server.stop() == 0
