"""What people do with these clients: upload and download files and folders, in parts where that is the client's way."""

import filecmp

import pytest

from harness import data

OPERATION = "CompleteMultipartUpload"


@pytest.fixture(scope="session")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "large.bin"
    path.write_bytes(data.blob(11 * data.MIB + 123))
    return path


@pytest.fixture
def folder(tmp_path):
    """A small tree with the names that trees have."""
    for name, content in {"a.txt": b"a", "sub dir/b+c.txt": b"b" * 5000, "sub dir/deep/西湖.bin": data.blob(70_000),
                          "empty": b"", "%percent": b"p", "UPPER.TXT": b"u"}.items():
        path = tmp_path / "from" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "from"


def same_trees(one, other) -> bool:
    files = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    found = sorted(p.relative_to(other) for p in other.rglob("*") if p.is_file())
    return files == found and all(filecmp.cmp(one / f, other / f, shallow=False) for f in files)


@pytest.mark.needs("upload_file")
def test_a_large_file_up(client, bucket, raw, large):
    client.upload_file(bucket, "dir/large.bin", large, client.min_part)
    got = raw.get(bucket, "dir/large.bin")
    assert got.body == large.read_bytes()
    assert "-" in got.etag, "the client uploads a file of this size in parts"
    assert raw.request("GET", bucket, query={"uploads": ""}).texts("Upload/Key") == []


@pytest.mark.operation("GetObject")
@pytest.mark.needs("download_file")
def test_a_large_file_down(client, bucket, oss, large, tmp_path):
    oss.put(bucket, "large.bin", large.read_bytes())
    client.download_file(bucket, "large.bin", tmp_path / "got.bin", client.min_part)
    assert filecmp.cmp(large, tmp_path / "got.bin", shallow=False)


@pytest.mark.operation("PutObject")
@pytest.mark.needs("sync_up", "sync_down")
def test_a_folder_there_and_back(client, bucket, raw, folder, tmp_path):
    client.sync_up(folder, bucket, "backup/")
    assert len(raw.request("GET", bucket).texts("Contents/Key")) == 6
    (tmp_path / "back").mkdir()
    client.sync_down(bucket, "backup/", tmp_path / "back")
    assert same_trees(folder, tmp_path / "back")
    (folder / "a.txt").write_bytes(b"changed and longer")
    client.sync_up(folder, bucket, "backup/")
    assert raw.get(bucket, "backup/a.txt").body == b"changed and longer"


@pytest.mark.operation("HeadObject")
@pytest.mark.needs("check")
def test_a_folder_checked_by_its_sums(client, bucket, raw, folder):
    client.sync_up(folder, bucket, "backup/")
    client.check(folder, bucket, "backup/")
    raw.put(bucket, "backup/a.txt", b"x")
    with pytest.raises(RuntimeError):
        client.check(folder, bucket, "backup/")


@pytest.mark.operation("UploadPartCopy")
@pytest.mark.needs("multipart_copy")
def test_a_large_copy_in_parts(client, bucket, other_bucket, raw, large):
    raw.put(bucket, "from", large.read_bytes())
    client.multipart_copy(bucket, "from", other_bucket, "to", 1 * data.MIB)
    assert raw.get(other_bucket, "to").body == large.read_bytes()
