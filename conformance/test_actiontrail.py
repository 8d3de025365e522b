"""The audit trail through alibabacloud-actiontrail20200706: what calls leave, how they are found, and what a trail
brings to a bucket."""

import datetime
import gzip
import json
import urllib.parse

import openai
import pytest
from alibabacloud_actiontrail20200706 import models
from alibabacloud_actiontrail20200706.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from harness import data
from harness.models import ModelServer
from harness.raw import Raw
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION, Server
from test_ram import Rpc, allow, bucket_of, denied, grant, s3_of


@pytest.fixture(scope="module")
def cloud():
    """A server that records calls on data, too."""
    started = Server("--ephemeral", "--audit-data-events", "on").start()
    yield started
    assert started.stop() == 0


def client_of(server, key=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET):
    return Client(Config(access_key_id=key, access_key_secret=secret, region_id=REGION, protocol="http",
                         endpoint=urllib.parse.urlsplit(server.url).netloc))


@pytest.fixture(scope="module")
def trails(cloud):
    return client_of(cloud)


def lookup(client, direction="BACKWARD", most="50", token=None, **attributes):
    return client.lookup_events(models.LookupEventsRequest(
        direction=direction, max_results=most, next_token=token, lookup_attribute=[
            models.LookupEventsRequestLookupAttribute(key=key, value=value) for key, value in attributes.items()])).body


def found(client, count=1, **attributes):
    """The events; a call's event is made when its answer is out, so the caller may be there first."""
    for _ in range(100):
        events = lookup(client, **attributes).events
        if len(events) >= count:
            return events
    raise AssertionError(f"no {count} events with {attributes}: {events}")


@pytest.fixture
def ann(cloud):
    root, name = Rpc(cloud), data.name("ann")
    root("CreateUser", UserName=name)
    key = root("CreateAccessKey", UserName=name)["AccessKey"]
    return name, key["AccessKeyId"], key["AccessKeySecret"]


def test_a_management_call_leaves_the_vendors_event(cloud, trails):
    name = data.name("ram")
    Rpc(cloud)("CreateUser", UserName=name)
    event, = found(trails, ResourceName=name)
    assert event["eventName"] == "CreateUser" and event["serviceName"] == "Ram" and event["apiVersion"] == "2015-05-01"
    assert event["eventRW"] == "Write" and event["eventType"] == "ApiCall" and event["eventVersion"] == "1"
    assert event["resourceType"] == "ACS::RAM::User" and event["acsRegion"] == REGION
    assert event["userIdentity"]["type"] == "root-account"
    assert event["userIdentity"]["accessKeyId"] == ACCESS_KEY_ID
    assert event["requestParameters"]["UserName"] == name
    assert event["sourceIpAddress"] == "127.0.0.1" and "python" in event["userAgent"].lower()
    assert datetime.datetime.fromisoformat(event["eventTime"])
    assert event["eventId"] and event["requestId"] and "errorCode" not in event


def test_failures_and_who_called(cloud, trails, ann):
    name, key, secret = ann
    with pytest.raises(Exception, match="NoPermission"):
        Rpc(cloud, key, secret)("ListUsers")
    event, = found(trails, User=name)
    assert event["errorCode"] == "NoPermission" and "ram:ListUsers" in event["errorMessage"]
    assert event["eventRW"] == "Read" and event["userIdentity"]["type"] == "ram-user"


def test_a_denial_by_a_users_own_policy_is_not_the_buckets(cloud, trails, ann):
    """The vendor's Message says "bucket policy" of every explicit denial."""
    name, key, secret = ann
    root, bucket, policy = Rpc(cloud), data.name(), data.name("deny")
    Raw(cloud).make_bucket(bucket)
    root("CreatePolicy", PolicyName=policy, PolicyDocument=json.dumps({"Version": "1", "Statement": [
        {"Effect": "Deny", "Action": "oss:GetBucketAcl", "Resource": "*"}]}))
    root("AttachPolicyToUser", PolicyName=policy, PolicyType="Custom", UserName=name)
    refused = Raw(cloud, "v1", (key, secret)).request("GET", bucket, query={"acl": ""})
    assert refused.text("EC") == "0003-00000201" and refused.text("Message") == "Access denied by bucket policy."
    event, = found(trails, User=name, ResourceName=bucket)
    assert event["errorCode"] == "AccessDenied" and "bucket policy" not in event["errorMessage"]
    assert event["errorMessage"].startswith("Access denied by AccountLevelIdentityBasedPolicy: ")
    assert policy in event["errorMessage"]
    line, = [line for line in cloud.output().splitlines() if "access denied" in line and bucket in line]
    assert policy in line and "bucket policy" not in line


def test_secrets_stay_out(cloud, trails, ann):
    name, key, secret = ann
    assert found(trails, EventName="CreateAccessKey")
    for event in lookup(trails).events:
        assert secret not in json.dumps(event) and ACCESS_KEY_SECRET not in json.dumps(event)
        assert "Signature" not in event["requestParameters"]


def test_buckets_are_managed_and_objects_are_data(cloud, trails):
    bucket = data.name()
    Raw(cloud).make_bucket(bucket)
    s3_of(cloud, ACCESS_KEY_ID, ACCESS_KEY_SECRET).put_object(Bucket=bucket, Key="a/b", Body=b"x")
    made, = found(trails, ResourceName=bucket, EventName="PutBucket")
    assert made["eventCategory"] == "Management" and made["serviceName"] == "Oss"
    put, = found(trails, ResourceName=f"{bucket}/a/b")
    assert put["eventCategory"] == "Data" and put["eventRW"] == "Write" and put["resourceType"] == "ACS::OSS::Object"
    assert put["additionalEventData"]["Authorizations"] == [
        {"Action": "oss:PutObject", "Resource": f"acs:oss:*:{put['recipientAccountId']}:{bucket}/a/b"}]


def test_strangers_leave_nothing(cloud, trails):
    bucket = data.name()
    Raw(cloud, None).request("PUT", bucket)
    Raw(cloud, "v1", ("LTAInobody", "wrong")).request("PUT", bucket)
    Raw(cloud).make_bucket(bucket)
    assert len(found(trails, ResourceName=bucket)) == 1


def test_lookup_pages(cloud, trails):
    name = data.name("ram")
    for index in range(7):
        Rpc(cloud)("CreateGroup", GroupName=f"{name}-{index}")
        Rpc(cloud)("DeleteGroup", GroupName=f"{name}-{index}")
    found(trails, 7, EventName="DeleteGroup")
    for direction in ("BACKWARD", "FORWARD"):
        seen, token = [], None
        while True:
            page = lookup(trails, direction, "3", token, EventName="CreateGroup")
            seen += [event["resourceName"] for event in page.events]
            token = page.next_token
            if not token:
                break
        expected = [f"{name}-{index}" for index in range(7)]
        assert [one for one in seen if one.startswith(name)] == (expected if direction == "FORWARD" else expected[::-1])
    with pytest.raises(Exception, match="InvalidQueryParameter"):
        lookup(trails, Colour="red")


def code_of(call, request):
    with pytest.raises(AlibabaCloudException) as caught:
        call(request)
    return caught.value.status_code, caught.value.code


def test_the_vendors_codes(cloud, trails):
    """Of the vendor's description of the API."""
    def ask(**parameters):
        return code_of(trails.lookup_events, models.LookupEventsRequest(**parameters))
    assert ask(start_time="yesterday") == (400, "InvalidParameterStartTime")
    assert ask(end_time="2026-11-22") == (400, "InvalidParameterEndTime")
    assert ask(start_time="2026-11-22T08:00:00Z", end_time="2026-11-22T07:00:00Z") == (400, "InvalidParameterCombination")
    for wrong in [{"direction": "UP"}, {"max_results": "51"}, {"next_token": "x"}]:
        assert ask(**wrong) == (400, "InvalidQueryParameter")

    def make(**parameters):
        return code_of(trails.create_trail, models.CreateTrailRequest(**parameters))
    bucket, name, more = data.name(), data.name("trail")[:30], data.name("other")[:30]
    Raw(cloud).make_bucket(bucket)
    assert make(name="1trails", oss_bucket_name=bucket) == (400, "InvalidTrailNameException")
    assert make(name=name) == (400, "InvalidDeliveryConfigurationException")
    assert make(name=name, oss_bucket_name=bucket, oss_key_prefix="a b") == (400, "InvalidPrefixException")
    assert make(name=name, oss_bucket_name=bucket, event_rw="Some") == (400, "InvalidQueryParameter")
    assert make(name=name, oss_bucket_name="no-such-bucket") == (404, "BucketDoesNotExistException")
    trails.create_trail(models.CreateTrailRequest(name=name, oss_bucket_name=bucket))
    try:
        assert make(name=name, oss_bucket_name=bucket) == (400, "TrailAlreadyExistsException")
        assert make(name=more, oss_bucket_name=bucket) == (400, "RepeatOssBucket")
        update = models.UpdateTrailRequest(name=name, oss_bucket_name="no-such-bucket")
        assert code_of(trails.update_trail, update) == (404, "BucketDoesNotExistException")
    finally:
        trails.delete_trail(models.DeleteTrailRequest(name=name))
    for call, request in [(trails.delete_trail, models.DeleteTrailRequest), (trails.start_logging, models.StartLoggingRequest),
                          (trails.stop_logging, models.StopLoggingRequest), (trails.get_trail_status, models.GetTrailStatusRequest)]:
        assert code_of(call, request(name=name)) == (404, "TrailNotFoundException")


def test_five_trails_and_no_more(cloud, tmp_path):
    trails = client_of(cloud)
    there = len(trails.describe_trails(models.DescribeTrailsRequest()).body.trail_list)
    names = []
    try:
        for _ in range(5 - there):
            bucket, name = data.name(), data.name("trail")[:30]
            Raw(cloud).make_bucket(bucket)
            trails.create_trail(models.CreateTrailRequest(name=name, oss_bucket_name=bucket))
            names.append(name)
        bucket = data.name()
        Raw(cloud).make_bucket(bucket)
        assert code_of(trails.create_trail, models.CreateTrailRequest(name="one-more", oss_bucket_name=bucket)) == (
            403, "MaximumNumberOfTrailsExceededException")
    finally:
        for name in names:
            trails.delete_trail(models.DeleteTrailRequest(name=name))


def test_lookup_needs_permission(cloud, ann):
    name, key, secret = ann
    with pytest.raises(Exception, match="NoPermission"):
        lookup(client_of(cloud, key, secret))
    grant(cloud, name, allow("actiontrail:LookupEvents"))
    assert lookup(client_of(cloud, key, secret)).events


def test_a_trail_brings_events_to_a_bucket(cloud, trails):
    bucket, name = data.name(), data.name("trail")[:30]
    request = models.CreateTrailRequest(name=name, oss_bucket_name=bucket, event_rw="All", oss_key_prefix="action-logs")
    with pytest.raises(Exception, match="BucketDoesNotExistException"):
        trails.create_trail(request)
    Raw(cloud).make_bucket(bucket)
    made = trails.create_trail(request).body
    assert made.name == name and made.event_rw == "All" and made.home_region == REGION
    with pytest.raises(Exception, match="TrailAlreadyExistsException"):
        trails.create_trail(request)
    described, = trails.describe_trails(models.DescribeTrailsRequest(name_list=name)).body.trail_list
    assert described.status == "Fresh" and described.oss_bucket_name == bucket
    trails.start_logging(models.StartLoggingRequest(name=name))
    status = trails.get_trail_status(models.GetTrailStatusRequest(name=name)).body
    assert status.is_logging and status.oss_bucket_status and status.start_logging_time
    user = data.name("ram")
    Rpc(cloud)("CreateUser", UserName=user)
    found(trails, ResourceName=user)
    trails.stop_logging(models.StopLoggingRequest(name=name))
    status = trails.get_trail_status(models.GetTrailStatusRequest(name=name)).body
    assert not status.is_logging and status.latest_delivery_time and not status.latest_delivery_error
    mine = bucket_of(cloud, bucket, ACCESS_KEY_ID, ACCESS_KEY_SECRET)
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y/%m")
    keys = [item.key for item in mine.list_objects("action-logs/").object_list]
    assert keys and all(key.startswith(f"action-logs/AliyunLogs/Actiontrail/{REGION}/{today}/") for key in keys)
    events = [event for key in keys for event in json.loads(gzip.decompress(mine.get_object(key).read()))]
    assert user in [event.get("resourceName") for event in events]
    updated = trails.update_trail(models.UpdateTrailRequest(name=name, event_rw="Write")).body
    assert updated.event_rw == "Write" and updated.oss_bucket_name == bucket
    trails.delete_trail(models.DeleteTrailRequest(name=name))
    with pytest.raises(Exception, match="TrailNotFoundException"):
        trails.get_trail_status(models.GetTrailStatusRequest(name=name))


def test_what_is_not_there_says_so(trails):
    with pytest.raises(Exception, match="NotImplemented"):
        trails.lookup_insight_events(models.LookupInsightEventsRequest())
    with pytest.raises(Exception, match="NotImplemented"):
        trails.create_trail(models.CreateTrailRequest(name="to-a-log", sls_project_arn="acs:log:x"))
    with pytest.raises(Exception, match="InvalidTrailNameException"):
        trails.create_trail(models.CreateTrailRequest(name="short", oss_bucket_name="b"))


def test_a_denied_call_on_data_leaves_an_event_with_the_reason(tmp_path):
    """A colleague could not read a file: the trail says why, without a word on the server's command line."""
    started = Server("--ephemeral").start()
    try:
        root, bucket = Rpc(started), data.name()
        Raw(started).make_bucket(bucket)
        Raw(started).put(bucket, "k", b"x")
        root("CreateUser", UserName="ann")
        key = root("CreateAccessKey", UserName="ann")["AccessKey"]
        ann = Raw(started, identity=(key["AccessKeyId"], key["AccessKeySecret"]))
        for _ in range(3):
            assert ann.request("GET", bucket, "k").status == 403
        event, = found(client_of(started), EventName="GetObject")
        assert event["userIdentity"]["userName"] == "ann" and event["eventCategory"] == "Data"
        assert event["errorCode"] == "AccessDenied" and event["resourceName"]
    finally:
        started.stop()


def test_a_model_that_a_key_may_not_call(tmp_path):
    """The caller learns that there is no such model, the trail that the key may not."""
    server = ModelServer("--ephemeral", "--fake-model").start()
    try:
        key_id, key = server.make_key("--name", "some", "--model", "other")
        api = openai.OpenAI(base_url=server.url + "/v1", api_key=key, max_retries=0)
        for call in (lambda: api.responses.create(model="fake", input="x"),
                     lambda: api.responses.create(model="fake", input="x", background=True),
                     lambda: api.chat.completions.create(model="fake", messages=[{"role": "user", "content": "x"}])):
            with pytest.raises(openai.NotFoundError):
                call()
        events = found(client_of(server.server), 2, ResourceName=key_id)
        assert {event["eventName"] for event in events} == {"CreateResponse", "CreateChatCompletion"}
        for event in events:
            assert event["errorCode"] == "ModelForbidden" and "may not call" in event["errorMessage"]
        with pytest.raises(openai.NotFoundError):
            api.chat.completions.create(model="nowhere", messages=[{"role": "user", "content": "x"}])
    finally:
        server.stop()


def test_what_anybody_can_do_pushes_nothing_out():
    """A user without any permission makes sessions, and is denied, again and again."""
    started = Server("--ephemeral").start()
    try:
        root = Rpc(started)
        root("CreateUser", UserName="ann")
        key = root("CreateAccessKey", UserName="ann")["AccessKey"]
        ann = Rpc(started, key["AccessKeyId"], key["AccessKeySecret"])
        for _ in range(5):
            made = ann("CreateSession", "2026-11-22")["Credentials"]
            session = Rpc(started, made["AccessKeyId"], made["AccessKeySecret"], made["SecurityToken"])
            denied(lambda call=session: call("CreateUser", UserName="eve"), "NoPermission")
        for name in ("bob", "carl", "dora"):
            root("CreateUser", UserName=name)
        trail = client_of(started)
        assert len(found(trail, 5, EventName="CreateUser")) == 5, "the root's four, and one that was denied"
        assert len(found(trail, 1, EventName="CreateSession")) == 1
    finally:
        started.stop()


def test_events_survive_a_kill_and_data_events_are_off_at_first(tmp_path):
    arguments = ("--data", str(tmp_path))
    first = Server(*arguments).start()
    try:
        Rpc(first)("CreateUser", UserName="ann")
        bucket = data.name()
        Raw(first).make_bucket(bucket)
        Raw(first).put(bucket, "k", b"x")
        found(client_of(first), ResourceName=bucket)
    finally:
        first.kill()
    second = Server(*arguments).start()
    try:
        names = [event["eventName"] for event in lookup(client_of(second), "FORWARD").events]
        assert names[:2] == ["CreateUser", "PutBucket"] and "PutObject" not in names
    finally:
        second.kill()
