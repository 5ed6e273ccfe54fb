"""A half-migrated file: upstream's own ways to run an agent say what to write instead, and never ask for a key."""

import importlib
import sys
from typing import Any

import pytest
from livekit.agents import AgentServer, JobContext, WorkerOptions

from bayer_livekit_sdk import SettingsError, Worker, messages
from vectors import vectors

INSTEAD = "worker = Worker(); worker.rtc_session(entrypoint); worker.run()"
OWN: dict[str, Any] = {"ws_url": "wss://own.example", "api_key": "own", "api_secret": "own-secret" * 4}
MODULES = ("livekit.agents.cli", "livekit.agents.cli.cli", "bayer_livekit_sdk.agents.cli")


async def entrypoint(_: JobContext) -> None: ...


def server_of(**options: Any) -> AgentServer:
    server = AgentServer(**options)
    server.rtc_session(entrypoint)
    return server


def options_of(**options: Any) -> WorkerOptions:
    return WorkerOptions(entrypoint_fnc=entrypoint, **options)


@pytest.fixture(autouse=True)
def _a_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts for nothing: only what the caller gives is the caller's own."""
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("LIVEKIT_DEV_MODE", "1")  # upstream sets it for `console`
    monkeypatch.setattr(sys, "argv", ["agent.py", "--help"])


def message_of(name: str) -> str:
    return f"the agent's settings cannot be used:\n  - {messages.AROUND.format(name=name, instead=INSTEAD)}"


def test_the_sentence_is_the_shared_one() -> None:
    assert vectors("messages")["around"] == messages.AROUND


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("made", [server_of, options_of, lambda: Worker().server], ids=["server", "options", "worker"])
def test_upstreams_run_app_says_what_to_write_instead_and_ends_with_that(
    module: str, made: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(module).run_app(made())
    assert ended.value.code == 78
    assert capsys.readouterr().err == f"{message_of('cli.run_app()')}\n"


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("made", [server_of, options_of])
def test_with_keys_of_ones_own_it_runs_as_upstreams(module: str, made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(module).run_app(made(**OWN))
    assert ended.value.code == 0
    assert "download-files" in capsys.readouterr().out


def test_a_server_runs_with_keys_of_ones_own_or_for_nobody_and_never_by_the_environment() -> None:
    with pytest.raises(SettingsError) as refused:
        _ = server_of().run()
    assert str(refused.value) == message_of("AgentServer.run()")
    with pytest.raises(SettingsError):
        _ = Worker().server.run()
    later = server_of()
    later.update_options(**OWN)
    for running in (server_of(**OWN).run(), later.run(), server_of().run(unregistered=True)):
        running.close()


@pytest.mark.parametrize("command", ["console", "download-files"])
def test_a_workers_own_console_and_downloads_are_upstreams(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        Worker().run([command, "--help"])
    assert ended.value.code == 0
    assert f" {command} " in capsys.readouterr().out
