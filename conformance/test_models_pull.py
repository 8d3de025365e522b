"""`lakeside models pull`, from a stand-in for a hub: both styles, and all that goes wrong on the way."""

import os
import re
import signal
import subprocess
import threading

import pytest

from harness.hub import Hub, Tunnel, gguf
from harness.server import binary

MODEL = gguf(3_000_000)
STYLES = ["hf", "modelscope"]


class Puller:
    def __init__(self, hub: Hub, folder):
        self.hub = hub
        self.data = folder / "data"
        self.models = self.data / "models"

    def command(self, *arguments: str, environment: dict | None = None):
        known = {k: v for k, v in os.environ.items()
                 if not k.startswith(("LAKESIDE_", "HF_", "MODELSCOPE_")) and "proxy" not in k.lower()}
        return {"args": [binary(), "models", *arguments, "--data", str(self.data)],
                "env": known | (environment or {})}

    def run(self, *arguments: str, environment: dict | None = None):
        return subprocess.run(**self.command(*arguments, environment=environment), capture_output=True, text=True,
                              check=False, timeout=60)

    def pull(self, *arguments: str, style: str = "hf", model: str = "owner/repo", environment: dict | None = None):
        return self.run("pull", model, "--hub", f"{style}+{self.hub.url}", *arguments, environment=environment)

    def files(self) -> set[str]:
        """Of the models' folder, without the notes of where they came from."""
        return {path.name for path in self.models.iterdir() if not path.name.endswith(".origin.json")}

    def downloads(self) -> list[dict]:
        return [headers for role, _, headers in self.hub.requests if role == "cdn"]


@pytest.fixture
def puller(tmp_path):
    hub = Hub({"README.md": b"a model", "Tiny-Q4_K_M.gguf": MODEL, "Tiny-Q8_0.gguf": gguf(5000, 2),
               "Tiny f16.gguf": gguf(6000, 3)})
    yield Puller(hub, tmp_path)
    hub.close()


@pytest.mark.parametrize("style", STYLES)
def test_a_model_is_pulled_by_name(puller, style):
    done = puller.pull(style=style)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Tiny-Q4_K_M"
    assert puller.files() == {"Tiny-Q4_K_M.gguf"}
    assert (puller.models / "Tiny-Q4_K_M.gguf").read_bytes() == MODEL
    assert "Tiny-Q4_K_M" in puller.run("list").stdout
    again = puller.pull(style=style)
    assert again.returncode == 0 and "already" in again.stderr
    assert len(puller.downloads()) == 1


@pytest.mark.parametrize("style", STYLES)
def test_the_style_is_found_out(puller, style):
    listing = {"hf": "/api/v1/models/", "modelscope": "/api/models/"}[style]
    answer = puller.hub._answer
    puller.hub._answer = lambda request: (
        puller.hub._reply(request, 404, {}) if request.path.startswith(listing) else answer(request))
    done = puller.run("pull", "owner/repo", "--hub", puller.hub.url)
    assert done.returncode == 0, done.stderr


def test_the_environment_names_the_hub(puller):
    done = puller.run("pull", "owner/repo", environment={"LAKESIDE_HUB": "hf", "HF_ENDPOINT": puller.hub.url})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments, name, content", [
    (["owner/repo:q8_0"], "Tiny-Q8_0", gguf(5000, 2)),
    (["owner/repo", "--file", "*f16*", "--as", "mine"], "mine", gguf(6000, 3)),
])
def test_the_file_can_be_chosen(puller, arguments, name, content):
    done = puller.run("pull", *arguments, "--hub", f"hf+{puller.hub.url}")
    assert done.returncode == 0, done.stderr
    assert (puller.models / f"{name}.gguf").read_bytes() == content


@pytest.mark.parametrize("model, arguments, said", [
    ("owner/repo:Q5_0", [], "Tiny-Q8_0.gguf"), ("owner/repo", ["--file", "*Q*"], "several"),
    ("nonsense", [], "owner/repo"), ("owner/repo:Q8_0", ["--file", "x"], "not both"),
    ("owner/repo", ["--as", "../x"], "name"), ("owner/none", [], "404"),
])
def test_a_wrong_wish_is_a_clear_error(puller, model, arguments, said):
    done = puller.pull(*arguments, model=model)
    assert done.returncode == 1 and said in done.stderr, done.stderr


def test_a_model_in_parts_is_refused(puller):
    puller.hub.files = {f"x-0000{n}-of-00002.gguf": gguf(1000) for n in (1, 2)}
    done = puller.pull()
    assert done.returncode == 1 and "parts" in done.stderr, done.stderr


@pytest.mark.parametrize("style", STYLES)
def test_a_broken_connection_goes_on_by_itself(puller, style):
    puller.hub.cut_after = [1_000_000, 700_000]
    done = puller.pull(style=style)
    assert done.returncode == 0, done.stderr
    assert (puller.models / "Tiny-Q4_K_M.gguf").read_bytes() == MODEL
    assert [headers.get("Range") for headers in puller.downloads()] == [None, "bytes=1000000-", "bytes=1700000-"]
    assert all("If-Range" in headers for headers in puller.downloads()[1:])


def cut_off(puller):
    puller.hub.cut_after = [1_000_000, 0]
    done = puller.pull()
    assert done.returncode == 1, done.stderr
    assert puller.files() == {"Tiny-Q4_K_M.gguf.part", "Tiny-Q4_K_M.gguf.part.json"}


def test_the_next_pull_goes_on(puller):
    cut_off(puller)
    done = puller.pull()
    assert done.returncode == 0, done.stderr
    assert puller.downloads()[-1]["Range"] == "bytes=1000000-"
    assert puller.files() == {"Tiny-Q4_K_M.gguf"}
    assert (puller.models / "Tiny-Q4_K_M.gguf").read_bytes() == MODEL


def test_a_changed_file_begins_anew(puller):
    cut_off(puller)
    puller.hub.files["Tiny-Q4_K_M.gguf"] = changed = gguf(3_000_000, 9)
    done = puller.pull()
    assert done.returncode == 0, done.stderr
    assert "Range" not in puller.downloads()[-1]
    assert (puller.models / "Tiny-Q4_K_M.gguf").read_bytes() == changed


def test_a_server_without_ranges_begins_anew(puller):
    cut_off(puller)
    puller.hub.ranges = False
    assert puller.pull().returncode == 0
    assert (puller.models / "Tiny-Q4_K_M.gguf").read_bytes() == MODEL


def test_damage_in_the_part_is_found(puller):
    cut_off(puller)
    with (puller.models / "Tiny-Q4_K_M.gguf.part").open("r+b") as part:
        part.seek(5000)
        part.write(b"damaged")
    done = puller.pull()
    assert done.returncode == 1 and "SHA-256" in done.stderr
    assert puller.files() == set()
    assert puller.pull().returncode == 0


def test_a_part_can_be_given_up(puller):
    cut_off(puller)
    assert puller.run("rm", "Tiny-Q4_K_M").returncode == 0
    assert puller.files() == set()


@pytest.mark.parametrize("style", STYLES)
def test_a_wrong_sha256_is_refused(puller, style):
    puller.hub.announced_sha256 = "1" * 64
    done = puller.pull(style=style)
    assert done.returncode == 1 and "SHA-256" in done.stderr, done.stderr
    assert puller.files() == set()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [len(MODEL) - 10, len(MODEL) + 10])
def test_a_wrong_size_is_refused(puller, style, size):
    puller.hub.announced_size = size
    done = puller.pull(style=style)
    assert done.returncode == 1 and "bytes" in done.stderr, done.stderr
    assert "Tiny-Q4_K_M.gguf" not in puller.files()


def test_what_is_no_model_is_refused(puller):
    puller.hub.files["Tiny-Q4_K_M.gguf"] = b"GGUF, it says, and is none" * 1000
    done = puller.pull()
    assert done.returncode == 1 and "no model" in done.stderr, done.stderr
    assert puller.files() == set()


def test_no_room_is_told_before(puller):
    puller.hub.announced_size = 1 << 55
    done = puller.pull()
    assert done.returncode == 1 and "free" in done.stderr, done.stderr
    assert not puller.downloads()


@pytest.mark.parametrize("style, variable", [("hf", "HF_TOKEN"), ("modelscope", "MODELSCOPE_API_TOKEN")])
def test_the_token_is_for_the_hub_alone(puller, style, variable):
    puller.hub.token = "secret-token"
    without = puller.pull(style=style)
    assert without.returncode == 1 and variable in without.stderr, without.stderr
    other = {"hf": "MODELSCOPE_API_TOKEN", "modelscope": "HF_TOKEN"}[style]
    assert puller.pull(style=style, environment={other: "secret-token"}).returncode == 1
    done = puller.pull(style=style, environment={variable: "secret-token"})
    assert done.returncode == 0, done.stderr
    assert "secret-token" not in done.stdout + done.stderr
    assert puller.downloads()
    for headers in puller.downloads():
        assert "Authorization" not in headers and "Cookie" not in headers


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """For this machine and hub.test: the files of certificate and key."""
    folder = tmp_path_factory.mktemp("tls")
    files = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-out", files[0], "-keyout", files[1], "-days", "2", "-subj", "/CN=hub.test",
                    "-addext", "subjectAltName=DNS:hub.test,IP:127.0.0.1"], check=True, capture_output=True)
    return files


def test_tls_is_verified(puller, certificate):
    puller.hub.use_tls(*certificate)
    done = puller.pull()
    assert done.returncode == 1 and "certificate" in done.stderr, done.stderr
    trusted = {"SSL_CERT_FILE": certificate[0]}
    done = puller.run("pull", "owner/repo", "--hub", f"hf+{puller.hub.url.replace('127.0.0.1', 'localhost')}",
                      environment=trusted)
    assert done.returncode == 1 and "certificate" in done.stderr, "it is for another name"
    puller.hub.location = puller.hub.cdn.replace("https:", "http:")
    done = puller.pull(environment=trusted)
    assert done.returncode == 1 and "without TLS" in done.stderr, done.stderr
    puller.hub.location = None
    assert puller.pull(environment=trusted).returncode == 0


def test_a_proxy_is_used(puller):
    done = puller.run("pull", "owner/repo", "--hub", "hf+http://hub.test", environment={
        "http_proxy": puller.hub.url, "HF_TOKEN": "secret-token"})
    assert done.returncode == 0, done.stderr
    relayed = [(path, headers) for role, path, headers in puller.hub.requests if role == "hub"]
    assert all(path.startswith("http://hub.test/") for path, _ in relayed)
    assert all("Authorization" not in headers for _, headers in relayed), "no token travels in the clear"


def test_a_proxy_is_tunnelled_through(puller, certificate):
    puller.hub.use_tls(*certificate)
    tunnel = Tunnel(int(puller.hub.url.rsplit(":", 1)[1]))
    try:
        done = puller.run("pull", "owner/repo", "--hub", "hf+https://hub.test", environment={
            "https_proxy": f"http://me:pass@{tunnel.address}", "SSL_CERT_FILE": certificate[0]})
        assert done.returncode == 0, done.stderr
        assert all(head.startswith("CONNECT hub.test:443 ") and "Proxy-Authorization: Basic" in head
                   for head in tunnel.asked) and tunnel.asked
    finally:
        tunnel.close()


def test_redirects_end(puller):
    puller.hub.location = "/owner/repo/resolve/main/Tiny-Q4_K_M.gguf"
    done = puller.pull()
    assert done.returncode == 1 and "redirects" in done.stderr, done.stderr
    puller.hub.location = "file:///etc/passwd"
    assert puller.pull().returncode == 1


@pytest.mark.parametrize("style", STYLES)
def test_a_hub_that_has_enough_says_when_to_come_again(puller, style):
    puller.hub.status, puller.hub.headers = 429, {"Retry-After": "3600"}
    done = puller.pull(style=style)
    assert done.returncode == 1 and "3600 s" in done.stderr and "429" in done.stderr, done.stderr


@pytest.mark.parametrize("style", STYLES)
def test_a_hub_that_has_enough_for_now_is_asked_again(puller, style):
    busy = (429, {"Retry-After": "0"})
    answer = puller.hub._answer

    def first_busy(request):
        puller.hub._answer = answer
        puller.hub.busy = [busy]  # the next one, too: where the file is
        puller.hub._reply(request, *busy)
    puller.hub._answer = first_busy
    done = puller.pull(style=style)
    assert done.returncode == 0 and done.stderr.count("asking again in 0 s") == 2, done.stderr


def test_it_is_not_asked_for_ever(puller):
    puller.hub.status, puller.hub.headers = 429, {"Retry-After": "0"}
    done = puller.pull()
    assert done.returncode == 1 and "429" in done.stderr
    assert done.stderr.count("asking again") == 5, done.stderr


def test_nobody_there(puller):
    puller.hub.close()
    done = puller.pull()
    assert done.returncode == 1 and "connect" in done.stderr, done.stderr


def test_an_interrupt_leaves_what_came(puller):
    """The hub stalls in the middle of the file; the person stops waiting."""
    stalled, go_on = threading.Event(), threading.Event()
    give = puller.hub._give

    def stall(request):
        request.send_response(200)
        request.send_header("Content-Length", str(len(MODEL)))
        request.end_headers()
        request.wfile.write(MODEL[:2_500_000])
        request.wfile.flush()
        stalled.set()
        go_on.wait(60)

    puller.hub._give = stall
    arguments = puller.command("pull", "owner/repo", "--hub", f"hf+{puller.hub.url}")
    process = subprocess.Popen(**arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert stalled.wait(60)
        # So much was said to have come that some of it is in the part by then.
        assert any(re.match(r"2\.\d MiB of", line) for line in process.stderr)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT
        assert "goes on" in process.stderr.read()
    finally:
        process.kill()
        go_on.set()
    puller.hub._give = give
    done = puller.pull()
    assert done.returncode == 0, done.stderr
    assert "Range" in puller.downloads()[-1]
