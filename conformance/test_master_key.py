"""A new master key while the server runs: nobody's key or session ends, and what rests is sealed anew."""

import os
import subprocess

from harness.server import Server, binary
from test_ram import STS, Rpc


def test_rotation(tmp_path):
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    server = Server("--data", str(tmp_path / "data"), environment={"XDG_RUNTIME_DIR": str(runtime)}).start()
    try:
        root = Rpc(server)
        root("CreateUser", UserName="ann")
        key = root("CreateAccessKey", UserName="ann")["AccessKey"]
        ann = Rpc(server, key["AccessKeyId"], key["AccessKeySecret"])
        done = subprocess.run([binary(), "master-key", "rotate", "--port", str(server.port)], text=True, capture_output=True,
                              env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)})
        assert done.returncode == 0, done.stderr
        assert ann("GetCallerIdentity", STS)["IdentityType"] == "RAMUser"
    finally:
        assert server.stop() == 0
    keys = (tmp_path / "data" / "master-key").read_text().split()
    assert len(keys) == 2
    # The new one alone opens what rests: it was sealed anew, at the latest at the next start.
    again = Server("--data", str(tmp_path / "data"), environment={"XDG_RUNTIME_DIR": str(runtime)}).start()
    again.stop()
    alone = Server("--data", str(tmp_path / "data"), environment={"LAKESIDE_MASTER_KEY": keys[0], "XDG_RUNTIME_DIR": str(runtime)}).start()
    try:
        assert Rpc(alone, key["AccessKeyId"], key["AccessKeySecret"])("GetCallerIdentity", STS)["IdentityType"] == "RAMUser"
    finally:
        assert alone.stop() == 0
