"""The figures of models: Lakeside beside llama.cpp's own server, built from the same source, with the
same model file and as many threads. Both are asked through their OpenAI API by the same client."""

import contextlib
import http.client
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from common import BUILD, CORES, ROOT, Lakeside, Load, cpu_seconds, free_port, presigned

THREADS = max(CORES - 1, 1)  # as Lakeside chooses: one core is left for everything else
WORDS = ("lake river stone cloud paper green seven window garden music letter winter bread horse "
         "mirror copper silver dance village market engine bottle candle forest island planet "
         "school doctor summer orange yellow pencil kitchen bridge castle desert feather ").split()


def words(count, seed):
    rng = random.Random(str(seed))
    return " ".join(rng.choice(WORDS) for _ in range(count))


class Model:
    """Something with an OpenAI API on a port."""
    name = ""
    key = "none"

    def ask(self, prompt, tokens, key=None, sink=None):
        """One streamed reply. Ends of generation are forbidden, so that all are equally long."""
        return Reply(self, prompt, tokens, key or self.key, sink)


class Reply:
    def __init__(self, server, prompt, tokens, key, sink):
        body = json.dumps({
            "model": server.name, "stream": True, "max_tokens": tokens, "temperature": 0,
            "stream_options": {"include_usage": True},
            "logit_bias": {"0": -100, "1": -100, "2": -100},  # <|endoftext|> <|im_start|> <|im_end|>
            "messages": [{"role": "user", "content": prompt}]})
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
        self.begun = time.monotonic()
        connection.request("POST", "/v1/chat/completions", body,
                           {"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
        response = connection.getresponse()
        if response.status != 200:
            sys.exit(f"bench: {type(server).__name__}: {response.status} {response.read()[:500]!r}")
        self.first = None
        self.usage = None
        for line in response:
            if not line.startswith(b"data: {"):
                continue
            now = time.monotonic()
            if b'"usage":{' in line or b'"usage": {' in line:
                self.usage = json.loads(line[6:])["usage"]
            elif b'"content":"' in line and b'"content":""' not in line:
                self.first = self.first or now
                if sink:
                    sink(now)
        self.ended = time.monotonic()
        connection.close()
        if not self.usage or not self.first:
            sys.exit(f"bench: {type(server).__name__}: a reply without text or usage")

    @property
    def tokens(self):
        return self.usage["completion_tokens"]

    @property
    def to_first(self):
        return self.first - self.begun

    @property
    def computed(self):
        cached = (self.usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        return self.usage["prompt_tokens"] - cached


def at_once(calls):
    """Runs all calls, each on a thread; their results in order, and the seconds it took."""
    results = [None] * len(calls)

    def run(i):
        results[i] = calls[i]()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if None in results:
        sys.exit("bench: a request failed")
    return results, time.monotonic() - begun


def model_file():
    return pathlib.Path(subprocess.run([ROOT / "tools/fetch-model", "smollm2", ROOT / "build/models"],
                                       capture_output=True, text=True, check=True).stdout.strip())


class LakesideModel(Lakeside, Model):
    name = "bench"

    def __init__(self, folder):
        super().__init__(folder / "data")
        (folder / "data").mkdir(mode=0o700)
        (folder / "data/models").mkdir()
        os.symlink(model_file(), folder / "data/models/bench.gguf")
        os.environ["XDG_RUNTIME_DIR"] = str(folder)

    def __enter__(self):
        super().__enter__()
        shown = self.command_line("env")
        self.key = next(line.split("=", 1)[1].strip("'\"") for line in shown.splitlines()
                        if "OPENAI_API_KEY=" in line)
        self.ask("hello", 4)
        return self

    def command_line(self, *arguments):
        return subprocess.run([BUILD / "lakeside", *arguments, "--port", str(self.port)],
                              capture_output=True, text=True, check=True).stdout

    def make_key(self, name, *arguments):
        shown = self.command_line("keys", "create", "--name", name, *arguments)
        return next(word for word in shown.split() if word.startswith("sk-"))


class LlamaServer(Model):
    """16 slots of 2,048 tokens. Flash attention, its default, costs it a quarter of its speed on CPUs
    (43 tokens a second instead of 55, one stream); everything else is at its defaults."""
    name = "bench"

    def __init__(self, _folder):
        self.port = free_port()
        self.command = [str(llama_server()), "-m", str(model_file()), "-t", str(THREADS), "-tb",
                        str(THREADS), "-np", "16", "-c", str(16 * 2048), "-fa", "off", "--host",
                        "127.0.0.1", "--port", str(self.port), "--alias", self.name]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        while not self.healthy():
            if self.process.poll() is not None:
                sys.exit("bench: llama-server did not start")
            time.sleep(0.1)
        self.ask("hello", 4)
        return self

    def healthy(self):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", self.port)
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        return False

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def llama_server():
    made = subprocess.run([ROOT / "tools/build-llamacpp", "--server", ROOT / "build/llama-server"],
                          check=True)
    assert made.returncode == 0
    return ROOT / "build/llama-server/llama-server"


@contextlib.contextmanager
def both():
    with tempfile.TemporaryDirectory() as text:
        folder = pathlib.Path(text)
        with LakesideModel(folder) as ours, LlamaServer(folder) as theirs:
            yield ours, theirs


@contextlib.contextmanager
def alone():
    with tempfile.TemporaryDirectory() as text, LakesideModel(pathlib.Path(text)) as ours:
        yield ours


HEAD = """| figure | bar | measured, median (spread) | Lakeside | peer |
|---|---|---|---|---|"""


def row(name, bar, ratios, ours, peers, unit):
    def shown(values):
        return f"{statistics.median(values):,.1f}" if values else "–"
    return (f"| {name} | {bar} | **{statistics.median(ratios):.3f}** ({min(ratios):.3f}–"
            f"{max(ratios):.3f}) | {shown(ours)} {unit} | {shown(peers)} {unit} |")


def one_stream(options):
    ours, peers = [], []
    with both() as servers:
        for i in range(options.rounds):
            for server, rates in zip(servers, (ours, peers)):
                reply = server.ask(words(20, i), 200)
                rates.append((reply.tokens - 1) / (reply.ended - reply.first))
    ratios = [a / b for a, b in zip(ours, peers)]
    return row("tokens a second, 1 stream", "≥ 0.97", ratios, ours, peers, "tokens/s")


def total_rate(server, prompts, tokens, key=None):
    replies, took = at_once([lambda p=p: server.ask(p, tokens, key) for p in prompts])
    return sum(reply.tokens for reply in replies) / took


def streams(options):
    ours, peers = [], []
    with both() as servers:
        for i in range(options.rounds):
            for server, rates in zip(servers, (ours, peers)):
                rates.append(total_rate(server, [words(60, f"{i} {j}") for j in range(16)],
                                        100))
    ratios = [a / b for a, b in zip(ours, peers)]
    return row("tokens a second in total, 16 streams, no shared prefix", "≥ 1.0", ratios, ours,
               peers, "tokens/s")


def shared_prefix(options):
    """16 users at once, 1,500 tokens the same and about 50 of their own."""
    ours, peers, computed = [], [], []
    with both() as servers:
        for i in range(options.rounds):
            prefix = words(1250, 1000 + i)  # a word here is 1.2 tokens
            prompts = [f"{prefix}. Question {j}: {words(40, j)}?" for j in range(16)]
            for server, times in zip(servers, (ours, peers)):
                replies, _ = at_once([lambda p=p, s=server: s.ask(p, 16) for p in prompts])
                times.append(statistics.median(reply.to_first for reply in replies))
                if server is servers[0]:
                    computed.append(prompt_work(server, replies, prefix))
    ratios = [a / b for a, b in zip(ours, peers)]
    return (row("16 users share 1,500 tokens: median time to first token", "≤ 0.4", ratios, ours,
                peers, "s")
            + "\n" + row("the same: prompt tokens computed, by the unshared ones and one prefix",
                         "≤ 1.3", [a / b for a, b in computed], [a for a, _ in computed],
                         [b for _, b in computed], "tokens"))


def prompt_work(server, replies, prefix):
    """Prompt tokens that were computed, and those that had to be."""
    shared = server.ask(prefix, 1).usage["prompt_tokens"]
    own = sum(reply.usage["prompt_tokens"] - shared for reply in replies)
    return sum(reply.computed for reply in replies), own + shared


def sharing_cost(options):
    """Different prompts, with sharing and with a key that shares nothing; by the server's CPU time,
    which the other work on the machine disturbs less than the clock."""
    ours, peers = [], []
    with alone() as server:
        private = server.make_key("private", "--private-prefixes")
        for i in range(2 * options.rounds):
            for key, costs in ((server.key, ours), (private, peers)):
                prompts = [words(60, f"{key} {i} {j}") for j in range(16)]
                before = cpu_seconds(server.pid)
                replies, _ = at_once([lambda p=p, k=key: server.ask(p, 64, k) for p in prompts])
                work = sum(r.tokens + r.usage["prompt_tokens"] for r in replies)
                costs.append((cpu_seconds(server.pid) - before) * 1e6 / work)
    ratio = statistics.median(ours) / statistics.median(peers)
    return row("nothing shared: CPU a token with the sharing machinery, by without", "≤ 1.01",
               [ratio], ours, peers, "µs/token")


def weights(options):
    """Two keys, each with 24 requests at a time; their output tokens once all of them write."""
    ratios, ours, peers = [], [], []
    with alone() as server:
        keys = [server.make_key("one", "--weight", "1"), server.make_key("three", "--weight", "3")]
        for round_ in range(options.rounds):
            counts = [0, 0]
            lock = threading.Lock()
            start = time.monotonic() + 10 * options.seconds  # by then the first prompts are read
            end = start + 15 * options.seconds

            def work(which, seed):
                def count(now):
                    if start <= now < end:
                        with lock:
                            counts[which] += 1
                n = 0
                while time.monotonic() < end:
                    server.ask(words(5, f"{seed} {n}"), 200, keys[which], count)
                    n += 1
                return True

            at_once([lambda w=w, s=s: work(w, f"{round_} {w} {s}") for w in (0, 1)
                     for s in range(24)])
            ours.append(counts[1])
            peers.append(counts[0])
            ratios.append(counts[1] / counts[0] / 3)
    return row("two saturating keys, weights 3 and 1: output pieces, by 3", "0.9–1.1", ratios, ours,
               peers, "pieces")


def light_user(options):
    """p95 of the time to first token of a user who asks now and then, beside one who keeps 32
    requests going, by the same alone."""
    asks = 40

    def measure(server, key, seed):
        times = sorted(server.ask(words(30, f"{seed} {i}"), 8, key).to_first for i in range(asks))
        return times[int(asks * 0.95) - 1]

    ratios, ours, peers = [], [], []
    with alone() as server:
        light, heavy = server.make_key("light"), server.make_key("heavy")
        for round_ in range(options.rounds):
            peers.append(1000 * measure(server, light, f"alone {round_}"))
            done = threading.Event()

            def load(seed):
                n = 0
                while not done.is_set():
                    server.ask(words(100, f"{seed} {n}"), 60, heavy)
                    n += 1

            threads = [threading.Thread(target=load, args=(f"{round_} {i}",)) for i in range(32)]
            for thread in threads:
                thread.start()
            time.sleep(options.seconds)
            ours.append(1000 * measure(server, light, f"beside {round_}"))
            done.set()
            for thread in threads:
                thread.join()
            ratios.append(ours[-1] / peers[-1])
    return row("a light user beside a saturating one: p95 time to first token, by alone", "< 3",
               ratios, ours, peers, "ms")


def get_beside(options):
    """GET of 4 KiB on the cores that models leave free, by the same on as many idle ones."""
    ratios, ours, peers = [], [], []
    free = CORES - THREADS
    with alone() as server:
        server.request("PUT", "/bench/")
        server.request("PUT", "/bench/file", os.urandom(4096))
        url = presigned("GET", "/bench/file")

        def rate(cores):
            everything = f"0-{CORES - 1}"
            for target in (server.pid, os.getpid()):
                subprocess.run(["taskset", "-a", "-p", "-c", cores, str(target)], check=True,
                               stdout=subprocess.DEVNULL)
            try:
                return Load(server, 64, options.seconds, url).rate
            finally:
                for target in (server.pid, os.getpid()):
                    subprocess.run(["taskset", "-a", "-p", "-c", everything, str(target)],
                                   check=True, stdout=subprocess.DEVNULL)

        for round_ in range(options.rounds):
            peers.append(rate(f"0-{free - 1}"))
            done = threading.Event()

            def load(seed):
                n = 0
                while not done.is_set():
                    server.ask(words(50, f"{seed} {n}"), 100)
                    n += 1

            threads = [threading.Thread(target=load, args=(f"{round_} {i}",)) for i in range(8)]
            for thread in threads:
                thread.start()
            time.sleep(1)
            ours.append(rate(f"0-{CORES - 1}"))
            done.set()
            for thread in threads:
                thread.join()
            ratios.append(ours[-1] / peers[-1])
    return row("GET 4 KiB while models are busy, by the same on the free cores alone", "≥ 0.8",
               ratios, ours, peers, "requests/s")


FIGURES = {"one-stream": one_stream, "streams": streams, "shared-prefix": shared_prefix,
           "sharing-cost": sharing_cost, "weights": weights, "light-user": light_user,
           "get-beside-models": get_beside}
