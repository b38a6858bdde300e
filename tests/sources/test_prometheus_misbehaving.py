"""Prometheus as it should not be: against a server that lies, stalls and floods."""

import asyncio
import gzip
import json
import logging
import re
import socket
import struct
import time
import traceback

import pytest

from opspanel.panel.config import Service
from opspanel.readings import SourceFailedError
from opspanel.sources.prometheus import PrometheusAddress, PrometheusSource
from opspanel.terms import FailureKind

pytestmark = pytest.mark.anyio

SECRET = "Bearer eyJhbGciOiJIUzI1NiJ9.hunter2"


def answering(status=200, body=b"", *headers):
    """Behave: always the same answer."""
    text = f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body)}\r\n"
    head = "".join([text, *(f"{header}\r\n" for header in headers), "\r\n"])

    async def behave(_request, writer) -> None:
        writer.write(head.encode() + body)

    return behave


def success(*elements, kind="vector", **others) -> bytes:
    data = {"resultType": kind, "result": elements}
    return json.dumps({"status": "success", "data": data, **others}).encode()


def element(key, **sample):
    return {"metric": {"opspanel_query": key, "le": "1"}, **sample}


def agreeing(*elements, **others):
    """Behave: these elements for the queries that ask for them, and the clock."""

    async def behave(request, writer) -> None:
        keys = re.findall(r'"opspanel_query", "([^"]+)"', request.form["query"])
        if request.line.split()[1].endswith("query_range"):
            body = success(kind="matrix")
        else:
            known = [element("clock", value=[time.time(), str(time.time())]), *elements]
            wanted = [
                each for each in known if each["metric"]["opspanel_query"] in keys
            ]
            body = success(*wanted, **others)
        await answering(200, body)(request, writer)

    return behave


async def silence(_request, _writer) -> None:
    await asyncio.sleep(60)


async def trickle(_request, writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def truncated(_request, writer) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"status":"succ')
    await writer.drain()
    writer.close()


async def reset(_request, writer) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"status":"succ')
    await writer.drain()
    connection = writer.get_extra_info("socket")
    hard = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, hard)
    writer.transport.abort()


async def flood(_request, writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
    for _ in range(500):
        writer.write(b"x" * 100_000)
        await writer.drain()


BAD = FailureKind.BAD_PAYLOAD
ERROR = json.dumps(
    {"status": "error", "errorType": "timeout", "error": SECRET}
).encode()
DEEP = b"[" * 100_000
MISBEHAVIOUR = {
    "401": (answering(401, SECRET.encode()), FailureKind.AUTH),
    "403": (answering(403), FailureKind.AUTH),
    "400": (answering(400, ERROR), FailureKind.BAD_QUERY),
    "429": (answering(429, b"", "Retry-After: 60"), FailureKind.THROTTLED),
    "500": (answering(500, SECRET.encode()), FailureKind.UNAVAILABLE),
    "503": (answering(503, b"<html>"), FailureKind.UNAVAILABLE),
    "503 for a timeout": (answering(503, ERROR), FailureKind.TIMEOUT),
    "error with 200": (answering(200, ERROR), BAD),
    "404": (answering(404, b"404 page not found"), BAD),
    "garbage": (answering(200, b"\x00\xff<html>" + SECRET.encode()), BAD),
    "empty": (answering(200, b""), BAD),
    "too deep": (answering(200, DEEP), BAD),
    "no data": (answering(200, b'{"status":"success"}'), BAD),
    "a matrix": (answering(200, success(kind="matrix")), BAD),
    "unasked": (answering(200, success(element("x", value=[1, "1"]))), BAD),
    "no sample": (answering(200, success(element("clock"))), BAD),
    "no number": (answering(200, success(element("clock", value=[1, "x"]))), BAD),
    "no time": (answering(200, success(element("clock", value=[1e300, "1"]))), BAD),
    "packed": (
        answering(200, gzip.compress(success()), "Content-Encoding: gzip"),
        BAD,
    ),
    "truncated": (truncated, BAD),
    "reset": (reset, FailureKind.UNAVAILABLE),
    "silence": (silence, FailureKind.TIMEOUT),
    "trickle": (trickle, FailureKind.TIMEOUT),
    "flood": (flood, FailureKind.TOO_LARGE),
}


@pytest.fixture
def watching(panel):
    queries = {"up": "up", "throughput": "rate(x[1m])", "errors": "rate(e[1m])"}
    api = Service(
        id="api", name="API", type="api", owner="o", job="api", queries=queries
    )
    return panel.model_copy(update={"services": (api,)})


@pytest.fixture
async def source(upstream, watching):
    source = PrometheusSource(PrometheusAddress(url=upstream.url), watching)
    yield source
    await source.aclose()


@pytest.fixture
async def hasty_source(upstream, watching, hasty):
    limits = watching.model_copy(update={"collection": hasty.collection})
    source = PrometheusSource(PrometheusAddress(url=upstream.url), limits)
    yield source
    await source.aclose()


@pytest.mark.parametrize("name", MISBEHAVIOUR)
async def test_every_misbehaviour_has_its_kind(
    name, source, hasty_source, upstream, caplog
):
    """A bad upstream is a kind within the deadline, without a word of its own."""
    caplog.set_level(logging.DEBUG)
    upstream.behaviour, kind = MISBEHAVIOUR[name]
    source = hasty_source if kind is FailureKind.TIMEOUT else source
    began = time.monotonic()
    with pytest.raises(SourceFailedError) as failed:
        await source.read()
    assert failed.value.kind is kind
    assert time.monotonic() - began < 15
    error = failed.value
    assert error.__cause__ is error.__context__ is None
    assert "hunter2" not in "".join(traceback.format_exception(error)) + caplog.text
    upstream.behaviour = agreeing()
    assert (await source.read()).answers["api.up"] == ()


async def test_a_redirect_is_not_followed(source, upstream):
    """A redirect is no answer of the API, and its target never hears of us."""
    upstream.behaviour = answering(302, b"", f"Location: {upstream.url}/elsewhere")
    with pytest.raises(SourceFailedError) as failed:
        await source.read()
    assert failed.value.kind is FailureKind.BAD_PAYLOAD
    assert not [each for each in upstream.requests if "elsewhere" in each.line]


async def test_nobody_listening_is_refused(closed_port, watching):
    """A closed port is a refusal."""
    address = PrometheusAddress(url=f"http://127.0.0.1:{closed_port}")
    source = PrometheusSource(address, watching)
    with pytest.raises(SourceFailedError) as failed:
        await source.read()
    await source.aclose()
    assert failed.value.kind is FailureKind.REFUSED


async def test_data_beside_warnings_is_used_and_counted(source, upstream):
    """Warnings and infos are counted over all requests; the data beside them stands."""
    up = element("api.up", value=[time.time(), "1"])
    upstream.behaviour = agreeing(up, warnings=["one", "two"], infos=["three"])
    reading = await source.read()
    assert reading.answers["api.up"][0].value == 1
    assert reading.warnings == 6


async def test_a_native_histogram_is_a_sample_without_a_value(source, upstream):
    """A histogram where a number was expected is there, yet no number."""
    histogram = [time.time(), {"count": "3", "sum": "1.5", "buckets": []}]
    upstream.behaviour = agreeing(element("api.throughput", histogram=histogram))
    [sample] = (await source.read()).answers["api.throughput"]
    assert sample.value is None
    assert sample.labels == {"le": "1"}


async def test_odd_numbers_are_kept_or_none(source, upstream):
    """Huge and negative numbers pass; infinities do not."""
    texts = ["1e308", "-5", "+Inf", "NaN"]
    samples = [element("api.up", value=[time.time(), text]) for text in texts]
    upstream.behaviour = agreeing(*samples)
    reading = await source.read()
    values = [sample.value for sample in reading.answers["api.up"]]
    assert values == [1e308, -5.0, None, None]


async def test_too_many_series_costs_only_their_query(upstream, watching):
    """A query that floods is too large by itself; the others are answered."""
    limits = watching.collection.model_copy(update={"max_series": 10})
    panel = watching.model_copy(update={"collection": limits})
    many = [element("api.errors", value=[1, "1"]) for _ in range(11)]
    upstream.behaviour = agreeing(element("api.throughput", value=[1, "4"]), *many)
    source = PrometheusSource(PrometheusAddress(url=upstream.url), panel)
    answers = (await source.read()).answers
    await source.aclose()
    assert answers["api.errors"] is FailureKind.TOO_LARGE
    assert answers["api.throughput"][0].value == 4


async def test_a_stalled_group_costs_only_itself(hasty_source, upstream):
    """When one of the requests stalls, the others' answers are kept."""

    async def behave(request, writer) -> None:
        if "api.throughput" in request.form["query"]:
            await silence(request, writer)
        await agreeing(element("api.up", value=[1, "1"]))(request, writer)

    upstream.behaviour = behave
    began = time.monotonic()
    reading = await hasty_source.read()
    assert time.monotonic() - began < 10
    assert reading.answers["api.up"][0].value == 1
    assert reading.answers["api.throughput"] is FailureKind.TIMEOUT
    assert reading.trends["api.errors"] is FailureKind.TIMEOUT


async def test_failed_trends_are_asked_for_again_in_the_next_pass(source, upstream):
    """A trend that timed out is not held for three passes."""
    ranges = []

    async def behave(request, writer) -> None:
        if "query_range" in request.line:
            ranges.append(request)
            if len(ranges) == 1:
                await answering(500)(request, writer)
                return
        await agreeing()(request, writer)

    upstream.behaviour = behave
    first, second = await source.read(), await source.read()
    assert first.trends["api.errors"] is FailureKind.UNAVAILABLE
    assert second.trends["api.errors"] is None


async def test_the_clock_s_difference_is_measured(source, upstream):
    """A Prometheus 90 s ahead is 90 s ahead, but for the time that its answer took and
    a fraction of a second."""

    async def behave(request, writer) -> None:
        ahead = time.time() + 90
        body = success(element("clock", value=[ahead, str(ahead)]))
        if "query_range" in request.line:
            body = success(kind="matrix")
        elif '"clock"' not in request.form["query"]:
            body = success()
        await answering(200, body)(request, writer)

    upstream.behaviour = behave
    reading = await source.read()
    assert reading.skew_seconds == pytest.approx(90, abs=0.2 + reading.took_seconds)


async def test_requests_are_forms_with_credentials_over_kept_connections(
    upstream, watching, caplog
):
    """Queries travel in the body; credentials in a header, never in an address."""
    caplog.set_level(logging.DEBUG)
    upstream.behaviour = agreeing()
    url = upstream.url.replace("//", "//user:hunter2@") + "/prefix/"
    source = PrometheusSource(PrometheusAddress(url=url), watching)
    for _ in range(3):
        await source.read()
    await source.aclose()
    lines = {request.line for request in upstream.requests}
    assert lines == {
        "POST /prefix/api/v1/query HTTP/1.1",
        "POST /prefix/api/v1/query_range HTTP/1.1",
    }
    assert all("timeout" in request.form for request in upstream.requests)
    heads = [request.headers["authorization"] for request in upstream.requests]
    assert set(heads) == {"Basic dXNlcjpodW50ZXIy"}
    assert upstream.connections <= 3
    assert "hunter2" not in caplog.text


async def test_a_token_is_sent_as_bearer(upstream, watching):
    """A token goes into the Authorization header."""
    upstream.behaviour = agreeing()
    address = PrometheusAddress(url=upstream.url, token="t0ken")
    source = PrometheusSource(address, watching)
    await source.read()
    await source.aclose()
    assert upstream.requests[0].headers["authorization"] == "Bearer t0ken"
    assert "t0ken" not in repr(address)
