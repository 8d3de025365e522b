"""Keeps what each operation did through each client, for docs/compat. A run adds to what earlier runs found."""

import json
import os

import pytest

from harness.server import BUILD

RESULTS = BUILD / "conformance" / "results.json"


class Recorder:
    """Collects outcomes in the process that reports them: with xdist, the controller."""

    def __init__(self):
        self.found: dict[str, dict] = {}
        self.tests: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        self.tests = {item.nodeid for item in items}  # before -k and -m take some away

    def pytest_runtest_logreport(self, report):
        about = dict(report.user_properties)
        if "operation" not in about:
            return
        if hasattr(report, "wasxfail"):
            outcome = "gap" if report.outcome == "skipped" else "failed"
        elif report.outcome == "passed" and report.when != "call":
            return
        else:
            outcome = report.outcome
        before = self.found.get(report.nodeid, {}).get("outcome")
        if before in ("failed", "gap") and outcome == "passed":
            return
        self.found[report.nodeid] = {
            "operation": about["operation"], "client": about.get("client"), "dialect": about.get("dialect"),
            "test": report.nodeid, "outcome": outcome,
            "reason": getattr(report, "wasxfail", "") or
            (report.longrepr[2] if outcome == "skipped" and isinstance(report.longrepr, tuple) else "")}

    def pytest_sessionfinish(self, session):
        if hasattr(session.config, "workerinput") or not self.found:
            return
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        partial = RESULTS.with_suffix(".tmp")
        found = self.earlier() | self.found
        partial.write_text(json.dumps(sorted(found.values(), key=lambda r: r["test"]), indent=1) + "\n")
        os.replace(partial, RESULTS)

    def earlier(self) -> dict[str, dict]:
        """What earlier runs found of tests that this one did not run, less tests that are no more."""
        if not RESULTS.exists():
            return {}
        files = {test.partition("::")[0] for test in self.tests}
        return {result["test"]: result for result in json.loads(RESULTS.read_text())
                if result["test"] in self.tests or result["test"].partition("::")[0] not in files}
