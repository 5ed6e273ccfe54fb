"""`Worker`: an agent of the platform. What a program uses."""

import multiprocessing
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, overload

from livekit.agents import AgentServer, JobContext, WorkerType

from . import messages
from .credential_types import TokenCredential
from .environment import REMOVED_VARIABLES, remove_variables
from .errors import SettingsError
from .events import EventName, Events, Listener
from .job import JobSetup, Setup, prepare
from .log import logger
from .server import PlatformServer
from .settings import ClientAuthorization, Options, read_settings

if TYPE_CHECKING:
    from .life import Life

Entrypoint = Callable[[JobContext], Awaitable[None]]

_REFUSED = {
    "agent_name": "the platform names the agent",
    "api_key": "agents of the platform hold no LiveKit key",
    "api_secret": "agents of the platform hold no LiveKit key",
    "ws_url": "the registration says where to connect",
    "worker_token": "it is for agents that run on LiveKit's own cloud",
    "entrypoint_fnc": "write worker.rtc_session(entrypoint)",
    "prewarm_fnc": "write Worker(setup_fnc=..)",
    "request_fnc": "write worker.rtc_session(entrypoint, on_request=..)",
    "worker_type": "an agent of the platform is for a room",
}
_CHILDREN = ("job_proc", "agents_inference_process")


class Worker:
    """
    An agent. `url`, `region`, `environment`, `scope`, `credential`, `client_authorization` and `start_timeout`
    (seconds) go before the environment's settings; every other option is that of upstream's `AgentServer`.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        region: str | None = None,
        environment: str | None = None,
        scope: str | None = None,
        credential: TokenCredential | None = None,
        client_authorization: ClientAuthorization | None = None,
        start_timeout: int | None = None,
        setup_fnc: Setup | None = None,
        **options: Any,
    ) -> None:
        _refuse(options, credential)
        for name in _REFUSED:
            options.pop(name, None)
        self._options = Options(url, region, environment, scope, credential, client_authorization, start_timeout)
        self._events = Events()
        self._removed: set[str] = set(remove_variables())
        self._server = PlatformServer(setup_fnc=JobSetup(setup_fnc), **options)
        self._life: Life | None = None
        prepare()

    @property
    def setup_fnc(self) -> Setup | None:
        """Runs in each job process before its job, as upstream's `prewarm`."""
        setup = self._server.setup_fnc
        return setup.own if isinstance(setup, JobSetup) else None

    @setup_fnc.setter
    def setup_fnc(self, value: Setup | None) -> None:
        self._server.setup_fnc = JobSetup(value)

    @property
    def load_fnc(self) -> Callable[..., float] | None:
        """How full the worker is, 0 to 1."""
        return self._server.load_fnc

    @load_fnc.setter
    def load_fnc(self, value: Callable[..., float] | None) -> None:
        self._server.load_fnc = value

    @property
    def server(self) -> AgentServer:
        """Upstream's server, for what is not said here (`active_jobs`, its own events)."""
        return self._server

    @overload
    def rtc_session(self, func: Entrypoint, **options: Any) -> Entrypoint: ...

    @overload
    def rtc_session(self, **options: Any) -> Callable[[Entrypoint], Entrypoint]: ...

    def rtc_session(
        self, func: Entrypoint | None = None, **options: Any
    ) -> Entrypoint | Callable[[Entrypoint], Entrypoint]:
        """What each job runs: called with the entrypoint, or as a decorator with or without parentheses."""
        _refuse(options)
        options.pop("agent_name", None)
        if options.get("type", WorkerType.ROOM) is not WorkerType.ROOM:
            raise SettingsError(["the option type is not accepted: an agent of the platform is for a room"])
        if func is None:
            return self._server.rtc_session(**options)
        return self._server.rtc_session(func, **options)

    def on(self, name: EventName, listener: Listener) -> None:
        """Calls `listener` with a dict of what happened; see `events.py` for the names and what each says."""
        self._events.on(name, listener)

    def run(self, argv: Sequence[str] | None = None) -> None:
        """Does what the command line says (`start` where it says nothing) and ends the process; see `--help`."""
        if multiprocessing.current_process().name in _CHILDREN:
            return
        from .cli import run

        run(self, argv)

    async def serve(self, *, devmode: bool = False) -> None:
        """For programs with a loop of their own. Returns once stopped; raises AgentError where it ends by itself."""
        await self._begin().live(devmode=devmode)

    def _begin(self) -> "Life":
        """One life; also the moment to say what was removed, since logging is configured by now."""
        from .life import Life  # job processes do without Azure's libraries

        if self._life is not None:
            raise RuntimeError("a worker lives once")
        self._removed.update(remove_variables())
        if self._removed:
            names = ", ".join(name for name in REMOVED_VARIABLES if name in self._removed)
            logger.warning(messages.REMOVED.format(names=names))
        settings = read_settings(self._options)
        if self._server._entrypoint_fnc is None:
            raise SettingsError(["the worker has nothing to run: write worker.rtc_session(entrypoint)"])
        self._life = Life(settings, self._server, self._events)
        return self._life

    def stop(self) -> None:
        """Ends `serve()`: as SIGTERM does `start`."""
        if self._life is not None:
            self._life.stop()


def _refuse(options: dict[str, Any], credential: TokenCredential | None = None) -> None:
    problems = [f"the option {name} is not accepted: {why}" for name, why in _REFUSED.items() if options.get(name)]
    if credential is not None and (
        isinstance(credential, type) or not callable(getattr(credential, "get_token", None))
    ):
        problems.append("the option credential is not accepted: it has no get_token()")
    if problems:
        raise SettingsError(problems)
