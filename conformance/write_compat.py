#!/usr/bin/env python3
"""Writes docs/compat/oss.md from the operation table and the results of the last conformance run.

    build/venv/bin/python conformance/write_compat.py            # writes the page
    build/venv/bin/python conformance/write_compat.py --check    # fails where the page is not up to date

The table comes from `lakeside operations --json`, the results from build/conformance/results.json, which every run of
the suite leaves. Results are per operation and client: a pass means that all its tests passed.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "compat" / "oss.md"
RESULTS = ROOT / "build" / "conformance" / "results.json"

DIALECTS = {"ali-oss": "oss", "oss2": "oss", "alibabacloud-oss-v2": "oss", "oss-go-sdk": "oss",
            "@aws-sdk/client-s3": "s3", "boto3": "s3", "awscli": "s3", "rclone": "s3", "s3cmd": "s3"}
CLIENTS = list(DIALECTS)
# The tests of an operation have OSS's name for it.
S3_NAMES = {"CreateBucket": "PutBucket", "DeleteObjects": "DeleteMultipleObjects",
            "CreateMultipartUpload": "InitiateMultipartUpload"}


def versions() -> dict[str, str]:
    """The clients' pinned versions; those from Debian are told by their packages."""
    found = {}
    for line in (ROOT / "conformance" / "requirements.in").read_text().splitlines():
        name, _, version = line.partition("==")
        found[name] = version
    found |= json.loads((ROOT / "conformance" / "package.json").read_text())["dependencies"]
    for client, package in (("rclone", "rclone"), ("s3cmd", "s3cmd"),
                            ("oss-go-sdk", "golang-github-aliyun-aliyun-oss-go-sdk-dev")):
        try:
            shown = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
            found[client] = "Debian " + shown.stdout.strip() if shown.returncode == 0 else "Debian"
        except OSError:
            found[client] = "Debian"
    return found


def operations(binary: pathlib.Path) -> list[dict]:
    listed = subprocess.run([binary, "operations", "--json"], capture_output=True, check=True).stdout
    return [operation for operation in json.loads(listed) if operation["service"] == "oss"]


def page(table: list[dict], results: list[dict]) -> str:
    by_cell = collections.defaultdict(list)
    for result in results:
        client = result["client"] or ("oss-go-sdk" if "test_go_sdk" in result["test"] else None)
        if client:
            by_cell[result["operation"], client].append(result)
    notes: dict[str, int] = {}

    def cell(operation: dict, client: str) -> str:
        if DIALECTS[client] not in operation["dialects"]:
            return ""
        name = S3_NAMES.get(operation["operation"], operation["operation"])
        found = [r for r in by_cell.get((name, client), []) if r["outcome"] != "skipped"]
        if not found:
            return ""
        if any(r["outcome"] == "failed" for r in found):
            return "**fails**"
        gaps = sorted({r["reason"] for r in found if r["outcome"] == "gap"})
        numbers = "".join(f"[^{notes.setdefault(reason, len(notes) + 1)}]" for reason in gaps)
        return ("yes" if any(r["outcome"] == "passed" for r in found) else "gap") + numbers

    known = versions()
    lines = [
        "# Object storage: what works, through which client", "",
        "Made by `conformance/write_compat.py` from the server's operation table and a run of `conformance/`; do not "
        "edit it. *yes*: all tests of the operation through this client pass; a footnote names a gap; an empty cell: "
        "the client has no such operation, or no test uses it.", "",
        "## Clients", "", "| client | version |", "|---|---|",
        *(f"| {client} | {known.get(client, '')} |" for client in CLIENTS), "",
        "## Operations", "",
        "| operation | dialects | permission | " + " | ".join(CLIENTS) + " |",
        "|---|---|---|" + "---|" * len(CLIENTS),
    ]
    done = sorted((o for o in table if o["implemented"]), key=lambda o: o["operation"])
    later = sorted((o for o in table if not o["implemented"]), key=lambda o: o["operation"])
    for operation in done:
        lines.append(f"| {operation['operation']} | {', '.join(operation['dialects'])} | {operation['permission']} | " +
                     " | ".join(cell(operation, client) for client in CLIENTS) + " |")
    lines += ["", "## Recognised, and answered with NotImplemented", "",
              "| operation | dialects |", "|---|---|",
              *(f"| {o['operation']} | {', '.join(o['dialects'])} |" for o in later), ""]
    if notes:
        lines += [f"[^{number}]: {reason}" for reason, number in notes.items()] + [""]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the page would change")
    arguments = parser.parse_args()
    binary = ROOT / os.environ.get("LAKESIDE_BIN", "build/release/lakeside")
    if not RESULTS.exists():
        print(f"there is no {RESULTS}: run the conformance suite first", file=sys.stderr)
        return 2
    text = page(operations(binary), json.loads(RESULTS.read_text()))
    if arguments.check:
        if PAGE.exists() and PAGE.read_text() == text:
            return 0
        print(f"{PAGE} is not up to date: run conformance/write_compat.py", file=sys.stderr)
        return 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text)
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
