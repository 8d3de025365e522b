"""CloudMonitor through alibabacloud-cms20190101: what was called, moved and stored."""

import json
import urllib.parse

import oss2
import pytest
from alibabacloud_cms20190101 import models
from alibabacloud_cms20190101.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from harness import data
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION
from test_ram import Rpc, allow, bucket_of, grant

OSS, ALL = "acs_oss_dashboard", "acs_lakeside"


def client_of(server, key=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET):
    return Client(Config(access_key_id=key, access_key_secret=secret, protocol="http", region_id=REGION,
                         endpoint=urllib.parse.urlsplit(server.url).netloc))


@pytest.fixture
def cms(server):
    return client_of(server)


@pytest.fixture
def bucket(server):
    bucket = oss2.Bucket(oss2.Auth(ACCESS_KEY_ID, ACCESS_KEY_SECRET), server.url, data.name(), is_path_style=True)
    bucket.create_bucket()
    return bucket


def total(cms, metric, namespace=OSS, **dimensions) -> int:
    """Of the last hours, however many the test touches."""
    body = cms.describe_metric_list(models.DescribeMetricListRequest(
        namespace=namespace, metric_name=metric, dimensions=json.dumps(dimensions))).body
    assert body.code == "200" and body.success and body.period == "3600"
    return sum(point["Value"] for point in json.loads(body.datapoints))


def test_a_bucket(cms, bucket):
    for i in range(3):
        bucket.put_object(f"key{i}", b"x" * 1000)
    for _ in range(2):
        bucket.get_object("key0").read()
    with pytest.raises(oss2.exceptions.NoSuchKey):
        bucket.get_object("absent")
    name = bucket.bucket_name
    assert total(cms, "MeteringPutRequest", BucketName=name) == 3
    assert total(cms, "MeteringGetRequest", BucketName=name) == 3
    assert total(cms, "MeteringInternetRX", BucketName=name) == 3000
    assert 2000 < total(cms, "MeteringInternetTX", BucketName=name) < 4000  # and an error's document
    assert total(cms, "FailedRequests", ALL, service="oss", resource=name) == 1
    assert total(cms, "Requests", ALL, service="oss", resource=name, accessKeyId=ACCESS_KEY_ID) == 6
    assert total(cms, "Requests", ALL, service="oss", resource=name, accessKeyId="LTAIother") == 0


def test_strangers_count_for_the_owner(cms, server, bucket):
    bucket.put_bucket_acl("public-read")
    bucket.put_object("key", b"x" * 500)
    oss2.Bucket(oss2.AnonymousAuth(), server.url, bucket.bucket_name, is_path_style=True).get_object("key").read()
    assert total(cms, "BytesSent", ALL, resource=bucket.bucket_name, accessKeyId="") == 500


def test_everybody_sees_their_own_calls(cms, server, bucket):
    root, name = Rpc(server), data.name("ram")
    me = root("CreateUser", UserName=name)["User"]["UserId"]
    key = root("CreateAccessKey", UserName=name)["AccessKey"]
    grant(server, name, allow("oss:PutObject"))
    mine = client_of(server, key["AccessKeyId"], key["AccessKeySecret"])
    bucket_of(server, bucket.bucket_name, key["AccessKeyId"], key["AccessKeySecret"]).put_object("k", b"x")
    bucket.put_object("k", b"x")
    assert total(mine, "Requests", ALL, callerId=me, service="oss") == 1
    assert total(cms, "Requests", ALL, callerId=me, service="oss") == 1
    for asked in ({}, {"callerId": "1"}, {"resource": bucket.bucket_name}):
        with pytest.raises(AlibabaCloudException) as error:
            total(mine, "Requests", ALL, **asked)
        assert error.value.code == "AccessForbidden"
    grant(server, name, {"Effect": "Deny", "Action": "cms:*", "Resource": "*"})
    with pytest.raises(AlibabaCloudException) as error:
        total(mine, "Requests", ALL, callerId=me)
    assert error.value.code == "AccessForbidden"


def test_other_services(cms):
    before = total(cms, "Requests", ALL, service="cms")
    cms.describe_project_meta(models.DescribeProjectMetaRequest())
    assert total(cms, "Requests", ALL, service="cms") > before


def test_what_there_is(cms):
    found = cms.describe_metric_meta_list(models.DescribeMetricMetaListRequest(namespace=OSS)).body
    names = [metric.metric_name for metric in found.resources.resource]
    assert "MeteringStorageUtilization" in names and int(found.total_count) == len(names)
    spaces = cms.describe_project_meta(models.DescribeProjectMetaRequest()).body.resources.resource
    assert [space.namespace for space in spaces] == [OSS, ALL]


def test_the_newest(cms, bucket):
    bucket.put_object("key", b"x")
    body = cms.describe_metric_last(models.DescribeMetricLastRequest(
        namespace=OSS, metric_name="MeteringPutRequest", dimensions=json.dumps({"BucketName": bucket.bucket_name}))).body
    (point,) = json.loads(body.datapoints)
    assert point["BucketName"] == bucket.bucket_name and point["Value"] == 1 and point["region"] == REGION


@pytest.mark.parametrize("change, code", [
    ({"metric_name": "CPUUtilization"}, "ResourceNotFound"), ({"namespace": "acs_ecs_dashboard"}, "ResourceNotFound"),
    ({"period": "60"}, "ParameterInvalid"), ({"dimensions": "["}, "ParameterInvalid"),
    ({"metric_name": None}, "MissingParameter")])
def test_errors(cms, change, code):
    asked = {"namespace": OSS, "metric_name": "MeteringPutRequest"} | change
    with pytest.raises(AlibabaCloudException) as error:
        cms.describe_metric_list(models.DescribeMetricListRequest(**asked))
    assert error.value.code == code


def test_what_is_not_here(cms):
    with pytest.raises(AlibabaCloudException) as error:
        cms.describe_contact_list(models.DescribeContactListRequest())
    assert error.value.code == "NotImplemented"


def test_sessions_are_one_series(cms, server):
    """Somebody has as many as they like; whose they are, callerId says."""
    root = Rpc(server)
    for _ in range(3):
        made = root("CreateSession", "2026-11-22", DurationSeconds=900)["Credentials"]
        Rpc(server, made["AccessKeyId"], made["AccessKeySecret"], made["SecurityToken"])("GetCallerIdentity", "2015-04-01")
    body = cms.describe_metric_list(models.DescribeMetricListRequest(
        namespace=ALL, metric_name="Requests", dimensions=json.dumps({"service": "sts"}))).body
    keys = {point["accessKeyId"] for point in json.loads(body.datapoints)}
    assert "STS" in keys and not any(key.startswith("STS.") for key in keys), keys
