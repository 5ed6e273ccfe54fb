"""Upstream's own ways to run an agent, which need a LiveKit API key: they say what to write instead."""

import sys
from types import ModuleType
from typing import Any

from . import messages
from ._blocked_guard import Arguments, guard, is_given
from .errors import SettingsError

PLACEHOLDER_KEY = "lkps-no-api-key"
_INSTEAD = "worker = Worker(); worker.rtc_session(entrypoint); worker.run()"
_MAY_RUN = "_lkps_may_run"


def may_run(server: Any) -> None:
    """Marks a server that has what it connects with: keys that somebody gave it, or the platform's registration."""
    setattr(server, _MAY_RUN, True)


def has_own_keys(server: Any) -> bool:
    """Of upstream's `AgentServer` or its options. What an environment holds does not count."""
    if hasattr(server, "entrypoint_fnc"):
        return is_given(server.api_key) and is_given(server.api_secret)
    return getattr(server, _MAY_RUN, False) and server._api_key != PLACEHOLDER_KEY


def command_line(module: ModuleType) -> None:
    def check(given: Arguments) -> None:
        if not has_own_keys(given["server"]):
            error = _refusal("cli.run_app()")  # which ends the process, as this does
            sys.stderr.write(f"{error}\n")
            sys.exit(error.exit_code)

    guard(module, "run_app", check)


def server(module: ModuleType) -> None:
    def remember(given: Arguments) -> None:
        if is_given(given.get("api_key")) and is_given(given.get("api_secret")):
            setattr(given["self"], _MAY_RUN, given["api_key"] != PLACEHOLDER_KEY)

    def check(given: Arguments) -> None:
        if not (given.get("unregistered") or getattr(given["self"], _MAY_RUN, False)):
            raise _refusal("AgentServer.run()")

    guard(module.AgentServer, "__init__", remember)
    guard(module.AgentServer, "update_options", remember)
    guard(module.AgentServer, "run", check)


def _refusal(name: str) -> SettingsError:
    return SettingsError([messages.AROUND.format(name=name, instead=_INSTEAD)])
