"""The Python end of node_models.js: JavaScript that a test writes, run with the packages that talk to models."""

import atexit
import json
import os
import pathlib
import select
import subprocess
import warnings

PATIENCE = 60

_running: "NodeModels | None" = None


class Thrown(Exception):
    """What the JavaScript threw: `classes` names what it is an instance of."""

    def __init__(self, error: dict):
        super().__init__(f"{(error['classes'] or ['?'])[0]}: {error.get('message')}")
        self.classes = error["classes"]
        self.name = error.get("name")
        self.status = error.get("status")
        self.code = error.get("code")
        self.param = error.get("param")
        self.message = error.get("message") or ""


class NodeModels:
    """One node process for all the tests of a session: an await costs milliseconds, a start half a second."""

    def __init__(self):
        self.start()

    def start(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "DASHSCOPE_", "AI_"))}
        # The AI SDK warns of what a provider lacks, on standard output.
        environment["NODE_NO_WARNINGS"] = "1"
        self.process = subprocess.Popen(["node", pathlib.Path(__file__).with_name("node_models.js")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def run(self, code: str, **values):
        """What the code, the body of an async function in which the values have their names, returns."""
        line = self.ask(code, values)
        if line is None:
            # Seen once in many runs, on a machine with much else to do, and not explained: nothing that
            # could be found was waiting for anything.
            warnings.warn(f"node said nothing for {PATIENCE} s and was started anew; its code: {code}")
            self.start()
            line = self.ask(code, values)
        if line is None:
            self.start()
            raise RuntimeError(f"node said nothing for {PATIENCE} s, twice")
        if not line:
            raise RuntimeError(f"node ended: status {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise Thrown(answer["error"])
        return answer["result"]

    def ask(self, code: str, values: dict):
        """Its answer; none, and its end, where it does not come in time."""
        self.process.stdin.write(json.dumps({"code": code, "values": values}).encode() + b"\n")
        self.process.stdin.flush()
        # A line comes whole, or not at all.
        if select.select([self.process.stdout], [], [], PATIENCE)[0]:
            return self.process.stdout.readline()
        self.process.kill()
        self.process.wait()
        return None

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait()
        self.process.stdout.close()


def node_models() -> NodeModels:
    global _running
    if _running is None:
        _running = NodeModels()
        atexit.register(_running.close)
    return _running
