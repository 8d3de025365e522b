"""DescribeRegions, which OSS alone has."""

OPERATION = "DescribeRegions"
NEEDS = {"describe_regions"}


def test_tells_the_region(client):
    assert "oss-cn-hangzhou" in client.describe_regions()
