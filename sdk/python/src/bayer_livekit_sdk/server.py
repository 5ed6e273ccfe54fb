"""
The seam: the worker library's own `AgentServer`, which registers with the platform's token.

`AgentServer._connection_task` builds a JWT for every connection and opens it with `_http_session.ws_connect`; this
gives it a session that puts the platform's token there. tests/test_seam.py holds the names that this relies on.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import ssl
import warnings
from typing import Any, Literal

from livekit.agents import AgentServer

from . import narrate
from ._around import PLACEHOLDER_KEY, may_run
from .clock import Clock
from .environment import remove_variables
from .gateway import GatewaySession
from .keeper import Keeper
from .log import logger
from .reconnects import Reconnects

PLACEHOLDER_SECRET = "lkps-no-api-secret"
_PLACEHOLDER_URL = "wss://lkps.invalid"
_UNLIMITED = 2**31
_SLACK_S = 15.0
_CONNECTIONS = ("_http_session", "_http_server", "_prometheus_server")


class PlatformServer(AgentServer):
    """Connects with what `use()` was told; until then it has placeholders, which are all that `console` needs."""

    def __init__(self, **options: Any) -> None:
        remove_variables()
        warnings.filterwarnings("ignore", message="The HMAC key is 18 bytes long")  # the placeholder's
        super().__init__(
            ws_url=_PLACEHOLDER_URL,
            api_key=PLACEHOLDER_KEY,
            api_secret=PLACEHOLDER_SECRET,
            **{"max_retry": _UNLIMITED, **options},
        )
        self._started = asyncio.Event()
        self.on("worker_started", self._started.set)
        self._is_closing = False
        self.connection_ended = asyncio.Event()
        """Nothing connects the worker any more. `run()` of 1.4 would wait for ever."""
        self.connection_failure: Exception | None = None

    def use(self, keeper: Keeper, tls: ssl.SSLContext, clock: Clock) -> None:
        """Before `run()`: where the worker connects, and as whom."""
        self._keeper = keeper
        self._tls = tls
        self._clock = clock
        self._ws_url = keeper.newest.livekit_url
        self._agent_name = keeper.newest.agent_name
        self._worker_token = ""
        self._deployment = ""
        may_run(self)

    @property
    def has_started(self) -> bool:
        return self._started.is_set()

    def for_development(self) -> None:
        """Never full: LiveKit has no job for a worker that reports a load of 1. Its health is for this machine only."""
        self.load_fnc = self.load_fnc or _idle
        self._host = self._host or "127.0.0.1"

    def drain_for(self, seconds: int) -> None:
        """`update_options()` of 1.4 would set another timeout back to its default as well."""
        self._drain_timeout = seconds

    async def close(self, running: "asyncio.Task[None]") -> None:
        """Ends `run()`, in whatever phase it is, and all that it started: by force where that hangs."""
        self._is_closing = True
        closing = asyncio.create_task(self._close(running))
        session_end_s = getattr(self, "_session_end_timeout", 0.0)
        enough_s = self._initialize_process_timeout + self._shutdown_process_timeout + session_end_s + _SLACK_S
        try:
            await asyncio.wait({closing}, timeout=enough_s)
        finally:
            if not closing.done():
                await self._end_by_force(closing)

    async def _end_by_force(self, closing: "asyncio.Task[None]") -> None:
        logger.warning("job processes did not end in time, and are ended")
        for child in multiprocessing.active_children():
            child.kill()
        await asyncio.wait({closing}, timeout=_SLACK_S)
        closing.cancel()
        for name in _CONNECTIONS:
            await self._close_part(name)

    async def _close(self, running: "asyncio.Task[None]") -> None:
        started = asyncio.create_task(self._started.wait())
        await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        if not self.has_started:
            await self._abandon()
            return
        await self._settle()
        await self.aclose()
        await asyncio.wait({running})

    async def _settle(self) -> None:
        """`aclose()` of 1.4 waits for ever for a process that it cancels while that is starting."""
        pool = self._proc_pool
        pool._default_num_idle_processes = 0
        while pool._spawn_tasks:
            await asyncio.wait(set(pool._spawn_tasks))

    async def _abandon(self) -> None:
        """`run()` failed while it was starting: it leaves open what it had opened, and `aclose()` does not know it."""
        for name in ("_proc_pool", "_inference_executor", *_CONNECTIONS):
            await self._close_part(name)

    async def _close_part(self, name: str) -> None:
        part = getattr(self, name, None)
        close = getattr(part, "aclose", None) or getattr(part, "close", None)
        if close is not None:
            with contextlib.suppress(Exception):
                await close()

    @property
    def _mp_ctx_str(self) -> Literal["spawn", "forkserver"]:
        """`run()` looks at it right after it exported address, key and secret, and before it starts any process."""
        remove_variables()
        return self._process_context

    @_mp_ctx_str.setter
    def _mp_ctx_str(self, value: Literal["spawn", "forkserver"]) -> None:
        self._process_context = value

    async def _connection_task(self) -> None:
        if self._http_session is None:
            raise RuntimeError("run() makes the session first")
        if self._is_closing:
            return
        gateway = GatewaySession(self._http_session, self._keeper, self._tls, self._clock)
        self._http_session = gateway  # type: ignore[assignment]  # stands for it
        quiet = Reconnects(gateway)
        logging.getLogger("livekit.agents").addFilter(quiet)
        try:
            await super()._connection_task()
        except Exception as error:
            self.connection_failure = error
            raise
        finally:
            logging.getLogger("livekit.agents").removeFilter(quiet)
            self.connection_ended.set()

    def _handle_register(self, reg: Any) -> None:
        self._ws_url = self._keeper.newest.livekit_url
        narrate.connected(self._keeper.newest)
        super()._handle_register(reg)


def _idle() -> float:
    return 0.0
