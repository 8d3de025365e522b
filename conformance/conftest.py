"""The suite's fixtures: a server on a free port, each client on it, and a bucket for each test.

A test that takes `client` runs once for every adapter that can do what the test needs: the method named after the
module's operation, and what `@pytest.mark.needs` adds. See README.md.
"""

import os
import re

import pytest

import clients
from harness import data
from harness.models import FILES, ModelServer, data_folder_with, has_fake_model
from harness.raw import Raw
from harness.record import Recorder
from harness.server import External, NotReady, Server, binary


def pytest_configure(config):
    config.pluginmanager.register(Recorder(), "lakeside-recorder")


def snake(operation: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).lower()


def operation_of(item_or_metafunc) -> str | None:
    marker = item_or_metafunc.definition.get_closest_marker("operation") if hasattr(
        item_or_metafunc, "definition") else item_or_metafunc.get_closest_marker("operation")
    return marker.args[0] if marker else getattr(item_or_metafunc.module, "OPERATION", None)


def pytest_generate_tests(metafunc):
    if "client" not in metafunc.fixturenames:
        return
    needs = set(getattr(metafunc.module, "NEEDS", ()))
    dialect = None
    for marker in metafunc.definition.iter_markers("needs"):
        needs |= set(marker.args)
    for marker in metafunc.definition.iter_markers("dialect"):
        dialect = marker.args[0]
    gaps = {marker.args[0]: marker.args[1] for marker in metafunc.definition.iter_markers("gap")}
    able = [adapter for adapter in clients.ADAPTERS
            if dialect in (None, adapter.dialect) and all(adapter.can(need) for need in needs)]
    metafunc.parametrize("client", [
        pytest.param(adapter, id=adapter.name,
                     marks=[pytest.mark.xfail(reason=gaps[adapter.name])] if adapter.name in gaps else [])
        for adapter in able], indirect=True)


def pytest_collection_modifyitems(items):
    for item in items:
        operation = operation_of(item)
        if not operation:
            continue
        item.user_properties.append(("operation", operation))
        if hasattr(item, "callspec") and "client" in item.callspec.params:
            adapter = item.callspec.params["client"]
            item.user_properties += [("client", adapter.client), ("dialect", adapter.dialect)]
        elif item.get_closest_marker("dialect"):
            item.user_properties.append(("dialect", item.get_closest_marker("dialect").args[0]))


@pytest.fixture(scope="session")
def server():
    """One server for the session (with xdist, for the worker). LAKESIDE_ENDPOINT names one that runs already."""
    if "LAKESIDE_ENDPOINT" in os.environ:
        yield External(os.environ["LAKESIDE_ENDPOINT"])
        return
    if not binary().exists():
        pytest.exit(f"there is no {binary()}: build it with `make build`, or set LAKESIDE_BIN", returncode=3)
    started = Server("--ephemeral", "--durability=relaxed")
    try:
        started.start()
    except NotReady as error:
        pytest.exit(f"the server did not start: {error}", returncode=3)
    yield started
    ended_by_itself = not started.running()
    status = started.stop()
    assert not ended_by_itself, f"the server ended during the tests with {status}:\n{started.output()}"
    assert status == 0, f"the server stopped with {status}:\n{started.output()}"


@pytest.fixture(autouse=True)
def _room_for_buckets(request):
    """An account may not have buckets without number: empties the server before the tests come near that."""
    if "server" in request.fixturenames and data.names_made > 400:
        request.getfixturevalue("server").reset()
        data.names_made = 0


@pytest.fixture(scope="session")
def _adapters(server):
    made = {}
    yield made
    for adapter in made.values():
        adapter.close()


@pytest.fixture
def client(request, server, _adapters):
    adapter = request.param
    if adapter not in _adapters:
        _adapters[adapter] = adapter(server)
    return _adapters[adapter]


@pytest.fixture(scope="session")
def oss(server) -> Raw:
    """Signed requests in the OSS dialect."""
    return Raw(server, "v1")


@pytest.fixture(scope="session")
def s3(server) -> Raw:
    """Signed requests in the S3 dialect."""
    return Raw(server, "sigv4")


@pytest.fixture(scope="session")
def anonymous(server) -> Raw:
    return Raw(server, None)


@pytest.fixture
def raw(request, oss, s3) -> Raw:
    """Signed requests in the dialect of the test's client."""
    return s3 if request.getfixturevalue("client").dialect == "s3" else oss


@pytest.fixture(params=["oss", "s3"])
def either(request, oss, s3) -> Raw:
    """Signed requests in each dialect, for what every client sees the same way."""
    return {"oss": oss, "s3": s3}[request.param]


@pytest.fixture
def bucket(oss) -> str:
    """A new private bucket."""
    name = data.name()
    oss.make_bucket(name)
    return name


@pytest.fixture
def other_bucket(oss) -> str:
    name = data.name("u")
    oss.make_bucket(name)
    return name


@pytest.fixture(scope="session")
def models():
    """A server of models, with the fake one and a key."""
    if not has_fake_model():
        pytest.skip("this server has no --fake-model")
    started = ModelServer().start()
    yield started
    assert started.server.running(), f"the server ended during the tests:\n{started.server.output()}"
    assert started.stop() == 0


@pytest.fixture(scope="session")
def real_models(tmp_path_factory):
    """A server of the small real models, and a key."""
    if missing := [str(file) for file in FILES.values() if not file.exists()]:
        pytest.skip(f"tools/fetch-model was not run: there is no {missing[0]}")
    data = data_folder_with(tmp_path_factory.mktemp("real") / "data", *FILES)
    started = ModelServer("--data", str(data)).start()
    yield started
    assert started.server.running(), f"the server ended during the tests:\n{started.server.output()}"
    assert started.stop() == 0
