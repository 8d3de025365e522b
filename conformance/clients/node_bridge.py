"""The Python end of node_bridge.js: one node process for all the JavaScript clients of a test session."""

import atexit
import base64
import json
import os
import pathlib
import subprocess

from clients.base import ServiceError

_running: "NodeBridge | None" = None


def bridge() -> "NodeBridge":
    global _running
    if _running is None:
        _running = NodeBridge()
        atexit.register(_running.close)
    return _running


def _packed(value):
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: _packed(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_packed(inner) for inner in value]
    return value


def _unpacked(value):
    if isinstance(value, dict):
        if set(value) == {"$bytes"}:
            return base64.b64decode(value["$bytes"])
        return {name: _unpacked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unpacked(inner) for inner in value]
    return value


class NodeBridge:
    def __init__(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        environment |= {"NODE_NO_WARNINGS": "1", "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1"}
        self.process = subprocess.Popen(["node", pathlib.Path(__file__).with_name("node_bridge.js")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def call(self, client: str, operation: str, options: dict, args: dict):
        command = {"client": client, "operation": operation, "options": options, "args": _packed(args)}
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the node bridge ended: status {self.process.wait()}")
        answer = _unpacked(json.loads(line))
        if "failure" in answer:
            raise RuntimeError(answer["failure"])
        if "error" in answer:
            error = answer["error"]
            raise ServiceError(error.get("status"), error.get("code"), error.get("message") or "", error.get("ec"),
                               error.get("headers"))
        return answer["result"]

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait()
        self.process.stdout.close()
