"""The console's figures: what a browser with a new profile does on its page."""

import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

from common import BUILD, KEY_ID, ROOT, SECRET, Lakeside, cpu_seconds, fill, resident_mib

UPLOAD_BYTES = 1 << 30


def run(script, *parameters):
    """One run of a browser: what it says of it."""
    command = [str(ROOT / "tools/with-node"), "node", str(ROOT / "bench" / script), *map(str, parameters)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def browse(server, task, *parameters):
    return run("console.mjs", task, f"http://127.0.0.1:{server.port}", KEY_ID, SECRET, *parameters)


def modules():
    subprocess.run([str(ROOT / "tools/build-console"), "--modules"], check=True)




class Rclone:
    """Debian's rclone, told where to send to and nothing else."""

    def __init__(self, server, folder):
        self.folder = folder
        (folder / "rclone.conf").write_text(f"""[lake]
type = s3
provider = Other
endpoint = http://127.0.0.1:{server.port}
region = cn-hangzhou
access_key_id = {KEY_ID}
secret_access_key = {SECRET}
""")
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("AWS_", "RCLONE_"))}

    def upload(self, file, target):
        """Seconds, and CPU seconds of rclone."""
        before, begun = os.times(), time.monotonic()
        subprocess.run(["rclone", "--config", str(self.folder / "rclone.conf"), "copyto", str(file),
                        f"lake:{target}"], check=True, env=self.environment)
        seconds, after = time.monotonic() - begun, os.times()
        return seconds, (after.children_user + after.children_system
                         - before.children_user - before.children_system)


def row(name, bar, ratios, ours, peers, unit):
    return (f"| {name} | {bar} | **{statistics.median(ratios):.2f}** ({min(ratios):.2f}–"
            f"{max(ratios):.2f}) | {statistics.median(ours):,.0f} {unit} | "
            f"{statistics.median(peers):,.0f} {unit} |")


def upload(options):
    """1 GiB through the bucket's page, beside rclone: same server, data and file, in turns."""
    ratios, ours, peers, cpu = [], [], [], {}

    def spent(who, seconds):
        cpu.setdefault(who, []).append(seconds)

    modules()
    with tempfile.TemporaryDirectory(dir=options.disk) as text:
        folder = pathlib.Path(text)
        file = folder / "file"
        with file.open("wb") as out:
            for _ in range(UPLOAD_BYTES >> 24):
                out.write(os.urandom(1 << 24))
        os.sync()
        with Lakeside(folder / "data") as server:
            server.request("PUT", "/bench/")
            rclone = Rclone(server, folder)
            for _ in range(options.rounds):
                before = cpu_seconds(server.pid)
                seconds, client = rclone.upload(file, "bench/file")
                peers.append(UPLOAD_BYTES / seconds / (1 << 20))
                spent("rclone", client)
                spent("server of rclone", cpu_seconds(server.pid) - before)
                server.request("DELETE", "/bench/file")

                before = cpu_seconds(server.pid)
                page = browse(server, "upload", "bench", file)
                ours.append(UPLOAD_BYTES / page["seconds"] / (1 << 20))
                spent("browser", sum(page["cpu"].values()))
                spent("server of the console", cpu_seconds(server.pid) - before)
                assert server.size("/bench/file") == UPLOAD_BYTES
                server.request("DELETE", "/bench/file")
                ratios.append(ours[-1] / peers[-1])
    costs = ", ".join(f"{who} {statistics.median(all_):.1f}" for who, all_ in cpu.items())
    return (row("upload of 1 GiB through the console, by rclone", "≥ 0.7", ratios, ours, peers, "MiB/s")
            + f"\n\nCPU seconds for 1 GiB: {costs}\n")


def first_use(options):
    """A server just started, a browser with a new profile: until one can sign in, and until the
    overview shows what it knows."""
    forms, overviews = [], []
    modules()
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(dir=options.disk) as text, \
                Lakeside(pathlib.Path(text) / "data") as server:
            times = browse(server, "open")
            forms.append(times["form"])
            overviews.append(times["overview"])

    def line(what, times):
        return (f"{what}: **{statistics.median(times):.0f} ms** ({min(times):.0f}–{max(times):.0f}), "
                "bar 1,000 ms")
    both = [a + b for a, b in zip(forms, overviews)]
    return "\n".join([line("cold console, address entered to sign-in form that takes text", forms),
                      line("then, signing in to an overview with its figures", overviews),
                      line("both together", both)])


def page_memory(options):
    """What the console costs an idle server, and one from which a browser has loaded it. Only pages
    of the binary's file are between a server with it and one without (--plain)."""
    def idle(folder, binary):
        with Lakeside(folder, binary=binary) as server:
            time.sleep(2)
            return resident_mib(server.pid)

    without, with_, used = [], [], []
    modules()
    for i in range(options.rounds):
        with tempfile.TemporaryDirectory(dir=options.disk) as text:
            folder = pathlib.Path(text)
            if options.plain:
                without.append(idle(folder / "plain", options.plain))
            with_.append(idle(folder / "idle", BUILD / "lakeside"))
            with Lakeside(folder / "used") as server:
                browse(server, "open")
                time.sleep(2)
                used.append(resident_mib(server.pid))
    compared = ""
    if without:
        grown = [b - a for a, b in zip(without, with_)]
        compared = (f", **{statistics.median(grown):.1f} MiB** ({min(grown):.1f}–{max(grown):.1f}) more "
                    "than one without the console, bar 2 MiB")
    return (f"resident memory, idle: {statistics.median(with_):.1f} MiB{compared}; "
            f"{statistics.median(used):.1f} MiB once a browser has signed in")


def scroll(options):
    """All keys of a bucket scrolled through, once."""
    with tempfile.TemporaryDirectory(dir=options.disk) as text, \
            Lakeside(pathlib.Path(text) / "data", "--durability", "relaxed") as server:
        server.request("PUT", "/bench/")
        fill(server, options.keys)
        seen = run("scroll.mjs", f"http://127.0.0.1:{server.port}", KEY_ID, SECRET, "bench", "key/")
    assert seen["rows"] == options.keys, seen
    most, left = ({name: size / (1 << 20) for name, size in seen[when].items()}
                  for when in ("most", "left"))
    return (f"page that scrolled through {options.keys:,} keys: scripts and document **{left['heap']:.0f} "
            f"MiB**, at most {most['heap']:.0f} with garbage, bar 150 MiB; the tab's whole process "
            f"{left['process']:.0f} MiB, at most {most['process']:.0f} with garbage")


FIGURES = {"console-upload": upload}
ABSOLUTE = {"console-first-use": first_use, "console-memory": page_memory,
            "console-scroll": scroll}
