"""What the benches share: the server under test, load, and what processes cost."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
KEY_ID, SECRET = "benchkey", "benchsecret"
TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count()


def cpu_seconds(pid):
    """User and system CPU of a process and its children so far."""
    total = 0
    for each in [pid, *children(pid)]:
        with contextlib.suppress(FileNotFoundError):
            fields = pathlib.Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def children(pid):
    with contextlib.suppress(FileNotFoundError):
        return [int(c) for c in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def resident_mib(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lakeside:
    def __init__(self, data, *arguments, binary=BUILD / "lakeside"):
        self.port = free_port()
        self.command = [str(binary), "serve", "--data", str(data), "--listen",
                        f"127.0.0.1:{self.port}", "--access-log", "off", *arguments]

    def __enter__(self):
        env = dict(os.environ, LAKESIDE_ACCESS_KEY_ID=KEY_ID, LAKESIDE_ACCESS_KEY_SECRET=SECRET)
        self.process = subprocess.Popen(self.command, env=env, stdout=subprocess.DEVNULL)
        self.pid = self.process.pid
        self.wait()
        return self

    def wait(self):
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port)
                connection.request("GET", "/_lakeside/health")
                return connection.getresponse().read()
            except ConnectionRefusedError:
                if self.process.poll() is not None:
                    sys.exit("bench: the server did not start")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def request(self, method, path, body=b""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, presigned(method, path), body)
        response = connection.getresponse()
        data = response.read()
        if response.status >= 300:
            sys.exit(f"bench: {method} {path}: {response.status} {data[:300]!r}")
        return data

    def size(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("HEAD", presigned("HEAD", path))
        return int(connection.getresponse().headers["Content-Length"])


def presigned(method, path):
    """OSS V1 in the query: the same for every request of a run, so the client costs little."""
    expires = int(time.time()) + 3600
    text = f"{method}\n\n\n{expires}\n{path}"
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()
    signature = urllib.parse.quote(base64.b64encode(digest), safe="")
    return f"{path}?OSSAccessKeyId={KEY_ID}&Expires={expires}&Signature={signature}"


def fill(server, keys):
    """Puts `keys` tiny objects, each once, through pipelined connections."""
    def run(first, last):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            reader = connection.makefile("rb")
            for start in range(first, last, 200):
                batch = range(start, min(start + 200, last))
                connection.sendall(b"".join(
                    f"PUT {presigned('PUT', f'/bench/key/{i:09d}')} HTTP/1.1\r\nHost: localhost\r\n"
                    f"Content-Length: 1\r\n\r\nx".encode() for i in batch))
                for _ in batch:
                    status = reader.readline()
                    if b" 200 " not in status:
                        sys.exit(f"bench: fill: {status!r}")
                    while reader.readline() != b"\r\n":
                        pass

    step = keys // 16
    threads = [threading.Thread(target=run, args=(i * step, keys if i == 15 else (i + 1) * step))
               for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Load:
    """One run of wrk: requests a second, and the CPU microseconds of server and client for each."""

    def __init__(self, server, connections, seconds, url=None, script=None):
        command = ["wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d",
                   f"{seconds}s", "--timeout", "30s"]
        if script:
            command += ["-s", str(script)]
        command.append(f"http://127.0.0.1:{server.port}{url or '/'}")
        server_before = cpu_seconds(server.pid)
        client_before = os.times()
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        client_after = os.times()
        if "Non-2xx" in text or "Socket errors" in text:
            sys.exit("bench: the load met errors:\n" + text)
        requests = int(re.search(r"(\d+) requests in", text).group(1))
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        self.server_us = (cpu_seconds(server.pid) - server_before) * 1e6 / max(requests, 1)
        client = (client_after.children_user + client_after.children_system
                  - client_before.children_user - client_before.children_system)
        self.client_us = client * 1e6 / max(requests, 1)
