"""A gateway that does not do what the worker library takes for granted: the connection ends, and the agent does not."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bayer_livekit_sdk import gateway_socket, messages
from bayer_livekit_sdk.gateway_socket import GatewayClosed, GatewaySilent
from played_platform import Handler, PlayedPlatform, played_platform
from test_gateway import gateway_at, websocket_of
from test_worker import make, until

NOT_REGISTERED = "the gateway did not register the worker within 0.2 s"


async def opens_and_is_silent(request: web.Request) -> web.StreamResponse:
    """It answers pings meanwhile."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for _ in socket:
        pass
    return socket


async def never_opens(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


def test_the_limit_is_that_of_the_other_sdk() -> None:
    assert str(GatewaySilent()) == "the gateway did not register the worker within 20 s"


@pytest.mark.parametrize("gateway", [opens_and_is_silent, never_opens])
async def test_a_gateway_that_does_not_register_the_worker_is_not_waited_for(
    gateway: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_socket, "REGISTRATION_S", 0.2)
    monkeypatch.setattr("bayer_livekit_sdk.loss._STABLE_MS", 60_000.0)  # a close may take its time
    async with played_platform() as platform, gateway_at(websocket_of(platform)) as session:
        platform.on_worker = gateway
        for attempt in (1, 2, 3):
            with pytest.raises(GatewaySilent) as failed:
                await asyncio.wait_for(register_at(session), 60)
            loss, is_renewing = session.lost(failed.value, 0)
            assert (loss.kind, loss.reason, loss.attempt) == ("lost", NOT_REGISTERED, attempt)
            assert loss.retry_in_ms > 0
            assert not is_renewing


async def register_at(session: object) -> bytes:
    """What the worker library does."""
    socket = await session.ws_connect("wss://of-no-use", autoping=True)  # type: ignore[attr-defined]
    try:
        await socket.send_bytes(b"worker")
        received: bytes = await socket.receive_bytes()
        return received
    finally:
        await socket.close()


async def test_the_agent_comes_back_to_one_that_registers_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(gateway_socket, "REGISTRATION_S", 0.2)
    async with played_platform() as platform:
        tries = 0

        async def registers_later(request: web.Request) -> web.StreamResponse:
            nonlocal tries
            tries += 1
            if tries < 3:
                return await (never_opens if tries == 1 else opens_and_is_silent)(request)
            monkeypatch.setattr(gateway_socket, "REGISTRATION_S", 20.0)
            return await platform.take_worker(request)

        platform.on_worker = registers_later
        async with working(platform):
            await until(lambda: platform.workers)
    assert reasons(caplog)[:2] == [NOT_REGISTERED] * 2


async def test_a_frame_that_cannot_be_read_ends_its_connection_and_not_the_agent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with played_platform() as platform, working(platform):
        await until(lambda: platform.sockets)
        await platform.sockets[0].send_bytes(b"\xff" * 5)
        await until(lambda: len(platform.workers) == 2)
        assert not platform.sockets[1].closed
    assert len(reasons(caplog)) == 1
    assert len(platform.registrations) == 1


async def test_a_text_frame_ends_a_connection_at_any_time(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with played_platform() as platform, working(platform):
        await until(lambda: platform.sockets)
        await platform.sockets[0].send_str("planted")
        await until(lambda: len(platform.workers) == 2)
        assert platform.sockets[0].close_code == 1002
    assert reasons(caplog) == ["closed with 1002 a text frame"]
    assert "planted" not in caplog.text


async def test_a_text_frame_registers_nobody() -> None:
    async with played_platform() as platform, gateway_at(websocket_of(platform)) as session:
        closed: list[int | None] = []

        async def says_text(request: web.Request) -> web.StreamResponse:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.send_str("planted")
            async for _ in socket:
                pass
            closed.append(socket.close_code)
            return socket

        platform.on_worker = says_text
        with pytest.raises(GatewayClosed, match=r"^closed with 1002 a text frame$"):
            await register_at(session)
        await until(lambda: closed)
        assert closed == [1002]


async def test_a_gateway_that_does_not_agree_to_a_close_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_socket, "_CLOSE_S", 0.1)
    async with played_platform() as platform, gateway_at(websocket_of(platform)) as session:

        async def deaf(request: web.Request) -> web.StreamResponse:
            await web.WebSocketResponse(autoclose=False).prepare(request)
            await asyncio.sleep(60)
            return web.Response()

        platform.on_worker = deaf
        socket = await session.ws_connect("wss://of-no-use", timeout=aiohttp.ClientWSTimeout(ws_close=60))
        await asyncio.wait_for(socket.close(), 30)
        assert socket.closed


@asynccontextmanager
async def working(platform: PlayedPlatform) -> AsyncIterator[None]:
    worker = make(platform.url)
    serving = asyncio.ensure_future(worker.serve(devmode=True))
    try:
        yield
        assert not serving.done()
    finally:
        worker.stop()
        await serving


def reasons(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.reason for record in caplog.records if record.message == messages.CONNECTION_LOST]  # type: ignore[attr-defined]
