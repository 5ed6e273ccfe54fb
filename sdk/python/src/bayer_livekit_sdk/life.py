"""The life of an agent: register, work, renew; and how it ends."""

import asyncio
import contextlib
import ssl
from collections.abc import Coroutine
from typing import Any, TypeVar

from . import messages, narrate
from .clock import Clock, SystemClock
from .errors import AgentError, WorkerFailed
from .events import Events
from .keeper import Keeper
from .log import logger, quiet_entra
from .registrar import Registrar
from .secret import first_line
from .server import PlatformServer
from .settings import Settings
from .tls import tls_context

T = TypeVar("T")
Task = asyncio.Task[Any]


class Life:
    """One run of a worker, from its settings to its end."""

    def __init__(self, settings: Settings, server: PlatformServer, events: Events) -> None:
        self._settings = settings
        self._server = server
        self._events = events
        self._clock: Clock = SystemClock()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """Asks it to end. May be called from a signal handler and from another thread, also before it lives."""
        if self._loop is None:
            self._stop.set()
        else:
            with contextlib.suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._stop.set)

    async def live(self, *, devmode: bool) -> None:
        """Returns once it was stopped. Raises AgentError where it ends by itself."""
        self._loop = asyncio.get_running_loop()
        tls = tls_context()
        with quiet_entra():
            await self._live(tls, devmode=devmode)

    async def _live(self, tls: ssl.SSLContext, *, devmode: bool) -> None:
        async with Registrar(self._settings, self._events, tls) as registrar:
            keeper = Keeper(registrar.register, self._clock, self._events)
            registration = await self._unless_stopped(keeper.start(self._settings.start_timeout_ms))
            if registration is None:
                self._events.emit("stopping")
                return
            narrate.registered(registration, registrar.took_ms, self._events)
            self._server.use(keeper, tls, self._clock)
            await self._work(keeper, devmode=devmode)

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        task = asyncio.create_task(work)
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            await _cancel(task, stopped)

    async def _work(self, keeper: Keeper, *, devmode: bool) -> None:
        """Works until stopped, or until registration or worker end for good; then drains and closes."""

        def connected(worker_id: str, _: object) -> None:
            self._events.emit("connected", worker_id=worker_id)

        server = self._server
        server.on("worker_registered", connected)
        if devmode:
            server.for_development()
        running = asyncio.create_task(server.run(devmode=devmode))
        renewing = asyncio.create_task(keeper.run())
        stopped = asyncio.create_task(self._stop.wait())
        ended = asyncio.create_task(server.connection_ended.wait())
        try:
            await asyncio.wait({running, renewing, stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            error = _reason(server, running, renewing, stopped)
            self._events.emit("stopping", **({} if error is None else {"reason": str(error)}))
            if not devmode and server.has_started and not running.done():
                await _drain(server)
        finally:
            await server.close(running)
            await _cancel(running, renewing, stopped, ended)
            server.off("worker_registered", connected)
        if error is not None:
            raise error


async def _drain(server: PlatformServer) -> None:
    logger.info(messages.DRAINING)
    try:
        await server.drain()
    except asyncio.TimeoutError:
        logger.warning("jobs did not end in time")


def _reason(server: PlatformServer, running: Task, renewing: Task, stopped: Task) -> AgentError | None:
    """Why it ends; `None` where it was asked to."""
    if renewing.done():
        error = renewing.exception()
        return error if isinstance(error, AgentError) else _renewal_failed(error)
    if stopped.done():
        return None
    failure = running.exception() if running.done() else server.connection_failure
    return WorkerFailed(f"the worker failed: {'it ended by itself' if failure is None else first_line(failure)}")


def _renewal_failed(error: BaseException | None) -> WorkerFailed:
    said = "it ended by itself" if error is None else f"{type(error).__name__}: {first_line(error)}"
    return WorkerFailed(f"the renewal failed: {said}")


async def _cancel(*tasks: Task) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
