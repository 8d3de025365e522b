"""GetBucketVersioning: buckets are not versioned yet, and say so."""

OPERATION = "GetBucketVersioning"
NEEDS = {"get_bucket_versioning"}


def test_of_a_bucket_without_versions(client, bucket):
    assert not client.get_bucket_versioning(bucket)


def test_the_document(either, bucket):
    found = either.request("GET", bucket, query={"versioning": ""})
    assert found.status == 200 and found.xml.tag == "VersioningConfiguration" and not found.text("Status")
