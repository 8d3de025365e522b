#!/usr/bin/env python3
"""Writes the pages of docs/compat from the operation table and what the suite does and found.

    build/venv/bin/python conformance/write_compat.py            # writes the pages
    build/venv/bin/python conformance/write_compat.py --check    # fails where a page is not up to date

The table comes from `lakeside operations --json`, the results from build/conformance/results.json, which every run of
the suite leaves. Results are per operation and client: a pass means that all its tests passed. Operations of models
and of KMS have no file of their own in the suite: their pages name the clients whose tests call them.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "compat" / "oss.md"
MODELS_PAGE = PAGE.with_name("models.md")
KMS_PAGE = PAGE.with_name("kms.md")
RAM_PAGE = PAGE.with_name("ram.md")
RESULTS = ROOT / "build" / "conformance" / "results.json"

DIALECTS = {"ali-oss": "oss", "oss2": "oss", "alibabacloud-oss-v2": "oss", "oss-go-sdk": "oss",
            "@aws-sdk/client-s3": "s3", "boto3": "s3", "awscli": "s3", "rclone": "s3", "s3cmd": "s3"}
CLIENTS = list(DIALECTS)
# The tests of an operation have OSS's name for it.
S3_NAMES = {"CreateBucket": "PutBucket", "DeleteObjects": "DeleteMultipleObjects",
            "CreateMultipartUpload": "InitiateMultipartUpload"}


# A client of models, and what a test file has that drives it.
MODEL_CLIENTS = {"openai (PyPI)": r"^import openai|^from openai|\bopenai\.OpenAI", "openai (npm)": r"new OpenAI\(",
                 "dashscope (PyPI)": r"^import dashscope", "langchain-openai (PyPI)": r"langchain_openai",
                 "qwen-ai-provider (npm)": r"createQwen|qwen-ai-provider"}
# What a test writes to call the operation, in Python or JavaScript.
MODEL_CALLS = {
    "CreateChatCompletion": r"chat\.completions\.|ChatOpenAI|generateText|streamText",
    "CreateResponse": r"responses\.(create|stream|parse)", "RetrieveResponse": r"responses\.retrieve\(",
    "DeleteResponse": r"responses\.delete\(", "CancelResponse": r"responses\.cancel\(",
    "ListInputItems": r"(input_items|inputItems)\.list\(",
    "CreateCompletion": r"(?<!chat)\.completions\.create", "CreateEmbedding": r"embeddings\.create|OpenAIEmbeddings|embed(Many)?\(",
    "ListModels": r"\.models\.list\(", "RetrieveModel": r"\.models\.retrieve\(",
    "CreateFile": r"files\.create\(", "ListFiles": r"files\.list\(", "RetrieveFile": r"files\.retrieve\(",
    "DeleteFile": r"files\.(delete|del)\(", "DownloadFile": r"files\.content\(",
    "CreateConversation": r"conversations\.create\(", "RetrieveConversation": r"conversations\.retrieve\(",
    "UpdateConversation": r"conversations\.update\(", "DeleteConversation": r"conversations\.delete\(",
    "CreateConversationItems": r"conversations\.items\.create\(",
    "ListConversationItems": r"conversations\.items\.list\(",
    "RetrieveConversationItem": r"conversations\.items\.retrieve\(",
    "DeleteConversationItem": r"conversations\.items\.delete\(",
    "CreateUpload": r"uploads\.(create|upload_file_chunked)\(", "AddUploadPart": r"uploads\.(parts\.create|upload_file_chunked)\(",
    "CompleteUpload": r"uploads\.(complete|upload_file_chunked)\(", "CancelUpload": r"uploads\.cancel\(",
    "CreateBatch": r"batches\.create\(", "RetrieveBatch": r"batches\.retrieve\(", "ListBatches": r"batches\.list\(",
    "CancelBatch": r"batches\.cancel\(", "TextGeneration": r"dashscope\.(Aio)?Generation\.",
    "TextEmbedding": r"dashscope\.TextEmbedding\.", "TextReRank": r"dashscope\.TextReRank\.",
    "Tokenization": r"dashscope\.Tokenization\.", "Models": r"dashscope\.Models\.",
    "UploadFile": r"dashscope\.Files\.upload", "ListDashScopeFiles": r"dashscope\.Files\.list",
    "GetTask": r"(?#dashscope)AsyncGeneration\.fetch", "CancelTask": r"(?#dashscope)AsyncGeneration\.cancel",
    "ListTasks": r"(?#dashscope)AsyncGeneration\.list",
    "GetFile": r"dashscope\.Files\.get", "DeleteDashScopeFile": r"dashscope\.Files\.delete",
    "GetUploadPolicy": r"from dashscope\.utils\.oss_utils import"}
FRAMEWORKS_CALL = {"CreateChatCompletion", "CreateEmbedding"}  # a file that tests them may use openai beside them
DIALECT_NAMES = {"openai": "OpenAI", "dashscope": "DashScope"}


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


def operations(binary: pathlib.Path, service: str) -> list[dict]:
    listed = subprocess.run([binary, "operations", "--json"], capture_output=True, check=True).stdout
    return [operation for operation in json.loads(listed) if operation["service"] == service]


def by_language(text: str) -> dict[str, str]:
    """A test file's JavaScript, which stands in its strings, and the rest of it."""
    javascript = re.findall(r'"""(?:(?!""").)*\bawait\b(?:(?!""").)*"""|"[^"\n]*\bawait [^"\n]*"', text, re.S)
    for piece in javascript:
        text = text.replace(piece, "")
    return {"(npm)": "".join(javascript), "(PyPI)": text}


def clients_that_call(operation: str) -> list[str]:
    """Of models: those in whose test files the call stands, in the client's language."""
    call = MODEL_CALLS.get(operation)
    found = set()
    for file in sorted((ROOT / "conformance").glob("test_*.py")):
        text = file.read_text()
        if call and re.search(call, text):
            written = by_language(text)
            found |= {client for client, sign in MODEL_CLIENTS.items()
                      if re.search(sign, text, re.M) and re.search(call, written[client.split()[-1]])
                      and (client.startswith("dashscope") == ("dashscope" in call))
                      and (client.startswith("openai") or "dashscope" in call or operation in FRAMEWORKS_CALL)}
    return sorted(found)


# What test_kms.py calls each client, or both of them (clients/kms.py), when it calls an operation.
KMS_NPM, KMS_PYPI = "@alicloud/kms20160120", "alibabacloud-kms20160120"
KMS_CALLS = {r"\bkms": [KMS_NPM, KMS_PYPI], r"(?:\bnpm|NpmKms\(server\))": [KMS_NPM], r"\b(?:pypi|root)": [KMS_PYPI]}


def kms_page(table: list[dict]) -> str:
    tests = (ROOT / "conformance" / "test_kms.py").read_text()
    known = versions()

    def clients(operation: str) -> str:
        found = set()
        for caller, names in KMS_CALLS.items():
            if re.search(rf'{caller}(?:\.code)?\("{operation}"', tests):
                found |= set(names)
        return ", ".join(sorted(found, reverse=True))

    lines = [
        "# KMS: what works, through which client", "",
        "Made by `conformance/write_compat.py` from the server's operation table and the tests in `conformance/`; do "
        "not edit it. RPC, version 2016-01-20: signatures V1 and ACS3-HMAC-SHA256, JSON and XML, query and form.", "",
        *(f"- {client} {known[client]}" for client in (KMS_NPM, KMS_PYPI)),
        "- `oss2.CryptoBucket` with `AliKMSProvider` (aliyun-python-sdk-kms)", "",
        "## Operations", "", "| operation | permission | clients that test it |", "|---|---|---|",
        *(f"| {o['operation']} | {o['permission']} | {clients(o['operation'])} |" for o in table if o["implemented"]), "",
        "## Recognised, and answered with NotImplemented", "",
        ", ".join(o["operation"] for o in table if not o["implemented"]) + "."]
    return "\n".join(lines) + "\n"


RAM_TEXT = """
## What a user's key may do

The key of a user and the credentials of a session work for every service, in every signature scheme, with
exactly what policies allow: those of the user, of its groups, or of the role and the session, and those of
the bucket. Conditions know the keys of [identity.md](../identity.md). A denial carries `AccessDeniedDetail`.
System policies: AdministratorAccess, ReadOnlyAccess, AliyunOSSFullAccess, AliyunOSSReadOnlyAccess,
AliyunRAMFullAccess, AliyunRAMReadOnlyAccess, AliyunSTSAssumeRoleAccess.

## Signatures

A request is admitted once: its `SignatureNonce` is remembered for both sides of the 15 minutes in which its
`Timestamp` is good (`SignatureNonceUsed`). Of ACS3, `host` and every `x-acs-` header must be signed. Requests
go to the path `/`; unsigned `GET /` and everything signed for object storage stays object storage's.
"""


IDENTITY = {"ram": "RAM", "sts": "STS", "ims": "IMS", "signin": "Signing in and sessions, 2026-11-22, which the vendor lacks"}


def ram_page(tables: dict[str, list[dict]]) -> str:
    lines = [
        "# RAM, STS and IMS: what works", "",
        "Made by `conformance/write_compat.py` from the server's operation table; do not edit it. RPC, RAM 2015-05-01, "
        "STS 2015-04-01, IMS 2019-08-15: signatures V1 and ACS3-HMAC-SHA256, JSON and XML, query and form. Tested with "
        "@alicloud/ram20150501, sts20150401, ims20190815 and pop-core of npm, alibabacloud-ram20150501, "
        "alibabacloud-sts20150401 and aliyun-python-sdk-core of PyPI, and the object storage clients with the "
        "credentials of sessions."]
    for service, title in IDENTITY.items():
        for implemented, said in ((True, "works"), (False, "answers NotImplemented")):
            names = sorted(o["operation"] for o in tables[service] if o["implemented"] == implemented)
            if names:
                lines += ["", f"**{title}, {len(names)} operations: {said}.** " + ", ".join(names) + "."]
    return "\n".join(lines) + "\n" + RAM_TEXT


# Management APIs whose Python clients have a method for each operation: what the table calls them, the client, the
# tests, and what is said of them.
MANAGED = {
    "actiontrail": ("ActionTrail", "alibabacloud-actiontrail20200706", "test_actiontrail.py",
                    "RPC, version 2020-07-06. Trails deliver to buckets alone."),
    "cms": ("CloudMonitor", "alibabacloud-cms20190101", "test_cms.py",
            "RPC, version 2019-01-01. Periods of 3600 and 86400 seconds; the namespaces acs_oss_dashboard (its metering "
            "metrics) and acs_lakeside (all services, by service, bucket, access key and caller, and the tokens of models by model and key)."),
    "modelstudio-management": ("Model Studio: keys", "alibabacloud-modelstudio20260210", "test_model_key_management.py",
                               "Version 2026-02-10, with paths of its own (`/modelstudio/apikeys`) or as RPC; signed "
                               "with ACS3-HMAC-SHA256. `auth.accessIps` may be all addresses only; ids are texts.")}


def managed_page(service: str, table: list[dict]) -> str:
    title, client, tests, said = MANAGED[service]
    text = (ROOT / "conformance" / tests).read_text()

    def tested(operation: str) -> str:
        method = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).lower()
        return "yes" if re.search(rf"\.{method}\(", text) else ""

    lines = [
        f"# {title}: what works", "",
        "Made by `conformance/write_compat.py` from the server's operation table and the tests in `conformance/`; do "
        f"not edit it. {said}", "", f"Client: {client} {versions()[client]} (PyPI).", "", "## Operations", "",
        "| operation | permission | tested through the client |", "|---|---|---|",
        *(f"| {o['operation']} | {o['permission']} | {tested(o['operation'])} |" for o in table if o["implemented"]), "",
        "## Recognised, and answered with NotImplemented", "",
        ", ".join(o["operation"] for o in table if not o["implemented"]) + "."]
    return "\n".join(lines) + "\n"


def models_page(table: list[dict]) -> str:
    lines = [
        "# Models: what works, through which client", "",
        "Made by `conformance/write_compat.py` from the server's operation table and the tests in `conformance/`; do "
        "not edit it. OpenAI's paths are also below `/compatible-mode/v1`. An empty cell: no client's tests call the "
        "operation; plain requests may.", "",
        "## Operations", "", "| operation | API | path | clients that test it |", "|---|---|---|---|",
    ]
    for operation in (o for o in table if o["implemented"]):
        lines.append(f"| {operation['operation']} | {DIALECT_NAMES[operation['dialects'][0]]} | "
                     f"`{operation['method']} {operation['path']}` | {', '.join(clients_that_call(operation['operation']))} |")
    lines += ["", "## Recognised, and answered with 501", "", "| operation | API | path |", "|---|---|---|"]
    for operation in (o for o in table if not o["implemented"]):
        method = "" if operation["method"] == "*" else operation["method"] + " "
        lines.append(f"| {operation['operation']} | {DIALECT_NAMES[operation['dialects'][0]]} | `{method}{operation['path']}` |")
    return "\n".join(lines) + "\n"


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
    pages = {PAGE: page(operations(binary, "oss"), json.loads(RESULTS.read_text())),
             MODELS_PAGE: models_page(operations(binary, "modelstudio")),
             KMS_PAGE: kms_page(operations(binary, "kms")),
             RAM_PAGE: ram_page({service: operations(binary, service) for service in IDENTITY})}
    pages |= {PAGE.with_name(f"{service}.md"): managed_page(service, operations(binary, service)) for service in MANAGED}
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text() != text]
    if arguments.check:
        for path in stale:
            print(f"{path} is not up to date: run conformance/write_compat.py", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages[path])
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
