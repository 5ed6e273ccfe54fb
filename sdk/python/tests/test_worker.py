"""`Worker` in this process, over a played platform."""

import asyncio
import logging
import os
from typing import Any

import pytest
from aiohttp import web
from livekit.agents import JobContext

from bayer_livekit_sdk import RegistrationRefused, SettingsError, Worker, WorkerFailed, messages
from bayer_livekit_sdk.environment import REMOVED_VARIABLES
from played_platform import NAME, forever, played_platform, refusing


class Own:
    """A credential of the program's own."""

    async def get_token(self, *_: str, **__: object) -> Any:
        return type("Token", (), {"token": "entra-token"})


def make(url: str, **options: Any) -> Worker:
    options = {"host": "127.0.0.1", "port": 0, "num_idle_processes": 0, "load_fnc": lambda: 0.0, **options}
    worker = Worker(url=url, scope="api://lkps/.default", credential=Own(), start_timeout=0, **options)
    worker.rtc_session(entrypoint)
    return worker


async def entrypoint(_: JobContext) -> None: ...


async def until(condition: Any, seconds: float = 60.0) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), seconds)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == "bayer_livekit_sdk"]


@pytest.mark.parametrize("name", ["agent_name", "api_key", "api_secret", "ws_url", "worker_token"])
def test_what_the_platform_decides_is_refused_at_construction(name: str) -> None:
    with pytest.raises(SettingsError, match=f"the option {name} is not accepted"):
        Worker(**{name: "planted"})  # type: ignore[arg-type]


async def test_a_value_that_is_wrong_is_refused_when_it_starts_with_all_others_and_not_at_construction() -> None:
    worker = Worker(environment="test", region="de")
    with pytest.raises(SettingsError) as refused:
        await worker.serve()
    assert [problem.split(",")[0] for problem in refused.value.problems] == [
        'region is "de"',
        'environment is "test"',
    ]


def test_a_name_for_the_session_is_refused_and_none_is_fine() -> None:
    with pytest.raises(SettingsError, match="the platform names the agent"):
        Worker().rtc_session(entrypoint, agent_name="mine")
    Worker().rtc_session(entrypoint, agent_name="")


def test_it_is_a_decorator_with_and_without_parentheses() -> None:
    first, second = Worker(), Worker()
    assert first.rtc_session(entrypoint) is entrypoint
    assert second.rtc_session()(entrypoint) is entrypoint


def test_an_event_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no event registred"):
        Worker().on("registred", print)  # type: ignore[arg-type]


async def test_works_says_what_happens_and_stops(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in REMOVED_VARIABLES:
        monkeypatch.setenv(name, "planted")
    caplog.set_level(logging.INFO)
    heard: list[tuple[str, dict[str, Any]]] = []
    async with played_platform() as platform:
        worker = make(platform.url)
        for event in ("access_token", "registered", "connected", "renewed", "stopping"):
            worker.on(event, lambda facts, event=event: heard.append((event, facts)))  # type: ignore[misc]
        serving = asyncio.ensure_future(worker.serve())
        await until(lambda: platform.workers)
        assert not [name for name in REMOVED_VARIABLES if name in os.environ]
        worker.stop()
        await serving
        bearer, asked = platform.workers[0]
    assert bearer == "Bearer token-1"
    assert asked.agent_name == NAME
    assert [event for event, _ in heard] == ["access_token", "registered", "connected", "stopping"]
    assert heard[1][1].keys() == {"agent_name", "livekit_url", "expires_at", "region", "request_id", "ms"}
    assert logged(caplog) == [
        messages.REMOVED.format(names=", ".join(REMOVED_VARIABLES)),
        messages.REGISTERED,
        messages.CONNECTED,
        messages.DRAINING,
    ]


async def test_comes_back_with_the_newest_token_after_a_planned_close(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("bayer_livekit_sdk.keeper.renewal_delay_ms", lambda *_: 1200.0)
    async with played_platform() as platform:
        worker = make(platform.url)
        serving = asyncio.ensure_future(worker.serve())
        await until(lambda: platform.sockets)
        renewals = logged(caplog).count(messages.RENEWED)  # it may take longer than a life to connect
        await until(lambda: logged(caplog).count(messages.RENEWED) > renewals)
        await platform.sockets[0].close(code=1012, message=b"renewed")
        await until(lambda: len(platform.workers) == 2)
        worker.stop()
        await serving
    assert platform.workers[1][0] != platform.workers[0][0]
    assert messages.RECONNECTING in logged(caplog)
    loud = [record for record in caplog.records if record.levelno >= logging.WARNING or record.exc_info]
    assert loud == []


async def test_a_token_that_the_gateway_does_not_accept_is_renewed_at_once(caplog: pytest.LogCaptureFixture) -> None:
    async with played_platform() as platform:

        async def picky(request: web.Request) -> web.StreamResponse:
            if request.headers["Authorization"] == "Bearer token-1":
                return web.Response(status=401)
            return await platform.take_worker(request)

        platform.on_worker = picky
        worker = make(platform.url)
        serving = asyncio.ensure_future(worker.serve())
        await until(lambda: platform.workers)
        worker.stop()
        await serving
    assert platform.workers[0][0] == "Bearer token-2"
    assert messages.EARLY_RENEWAL in logged(caplog)
    assert "token-1" not in caplog.text


async def test_an_agent_that_is_revoked_hears_it_at_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with played_platform() as platform:
        worker = make(platform.url)
        serving = asyncio.ensure_future(worker.serve())
        await until(lambda: platform.workers)
        platform.on_worker = refusing(403)
        platform.on_register = refusing(403, "agent_revoked")
        await platform.sockets[0].close(code=1008, message=b"agent_revoked")
        with pytest.raises(RegistrationRefused, match="revoked by the platform's operators"):
            await asyncio.wait_for(serving, 60)
    assert logged(caplog)[-2:] == [messages.EARLY_RENEWAL, messages.DRAINING]


async def test_a_gateway_that_closes_at_once_is_not_tried_in_a_rush(caplog: pytest.LogCaptureFixture) -> None:
    async with played_platform() as platform:
        tries = 0

        async def closes(request: web.Request) -> web.StreamResponse:
            nonlocal tries
            tries += 1
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.close(code=1013, message=b"livekit_gone")
            return socket

        platform.on_worker = closes
        worker = make(platform.url)
        serving = asyncio.ensure_future(worker.serve())
        await until(lambda: tries == 3)
        worker.stop()
        await serving
    lost = [record for record in caplog.records if record.message == messages.CONNECTION_LOST]
    assert [record.reason for record in lost] == ["closed with 1013 livekit_gone"] * len(lost)  # type: ignore[attr-defined]
    assert all(record.retry_in_ms >= 250 for record in lost)  # type: ignore[attr-defined]
    assert len(platform.registrations) == 1


async def test_a_worker_that_gave_up_ends_with_the_reason() -> None:
    """Upstream 1.4 waits for ever once its connection task has ended."""
    async with played_platform() as platform:
        platform.on_worker = refusing(500)
        with pytest.raises(WorkerFailed, match="the worker failed: failed to connect to livekit after 0 attempts"):
            await asyncio.wait_for(make(platform.url, max_retry=0).serve(), 60)


async def test_a_port_in_use_ends_it_with_the_reason() -> None:
    async with played_platform() as platform:
        taken = int(platform.url.rsplit(":", 1)[1])
        with pytest.raises(WorkerFailed, match="address already in use"):
            await asyncio.wait_for(make(platform.url, port=taken).serve(), 60)


async def test_cancelling_serve_closes_everything() -> None:
    async with played_platform() as platform:
        worker = make(platform.url)
        serving = asyncio.ensure_future(worker.serve())
        await until(lambda: platform.workers)
        serving.cancel()
        await asyncio.wait({serving}, timeout=60)
        assert serving.cancelled()
        await until(lambda: platform.sockets[0].closed)


async def test_stop_ends_a_start_that_hangs() -> None:
    async with played_platform() as platform:
        platform.on_register = forever
        worker = make(platform.url)
        serving = asyncio.ensure_future(worker.serve())
        await until(lambda: platform.registrations)
        worker.stop()
        await asyncio.wait_for(serving, 60)


async def test_a_process_that_does_not_end_does_not_keep_the_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Upstream's close may wait for ever; what was not closed in time is ended."""
    async with played_platform() as platform:
        worker = make(platform.url, initialize_process_timeout=0.2, shutdown_process_timeout=0.2)
        monkeypatch.setattr("bayer_livekit_sdk.server._SLACK_S", 0.2)
        monkeypatch.setattr(worker.server, "_session_end_timeout", 0.2, raising=False)
        monkeypatch.setattr(worker.server, "aclose", asyncio.Event().wait)
        serving = asyncio.ensure_future(worker.serve(devmode=True))
        await until(lambda: platform.workers)
        worker.stop()
        await asyncio.wait_for(serving, 60)
