"""The command line: exit codes, and Ctrl-C in every phase."""

import asyncio
import os
import signal
from typing import Any

import pytest

from agents_by_fork import PATIENCE_S, Agent, Agents, agents_by_fork
from bayer_livekit_sdk import messages
from bayer_livekit_sdk.cli import _LEVELS
from played_platform import PlayedPlatform, forever, played_platform, refusing
from vectors import vectors

EXIT = vectors("messages")["exit_codes"]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="agents are forked")


class Stage:
    """One platform for each agent, since each is told something else."""

    def __init__(self, agents: Agents) -> None:
        self._agents = agents

    async def start(self, platform: PlayedPlatform, *argv: str, **env: str) -> Agent:
        return await self._agents.start(*argv, LKPS_URL=platform.url, LKPS_SCOPE="api://lkps/.default", **env)

    async def start_without_settings(self, *argv: str, **env: str) -> Agent:
        return await self._agents.start(*argv, **env)


def last_word(agent: Agent) -> dict[str, Any]:
    return agent.logged()[-1]


async def settings(stage: Stage) -> None:
    agent = await stage.start_without_settings()
    assert await agent.exit_code() == EXIT["settings"]
    assert last_word(agent)["exit_code"] == EXIT["settings"]
    assert "neither LKPS_URL nor LKPS_REGION" in last_word(agent)["reason"]
    trusting = await stage.start_without_settings(REQUESTS_CA_BUNDLE="/nowhere/planted")
    assert await trusting.exit_code() == EXIT["settings"]
    assert "REQUESTS_CA_BUNDLE is not the path of a file of certificates" in last_word(trusting)["reason"]
    assert "planted" not in trusting.said


async def usage(stage: Stage) -> None:
    agent = await stage.start_without_settings("connect", "--room", "x")
    assert await agent.exit_code() == EXIT["settings"]
    assert "usage: agent.py" in agent.said
    helped = await stage.start_without_settings("--help")
    assert await helped.exit_code() == 0
    assert "download-files" in helped.said


async def with_every_log_level(stage: Stage) -> None:
    said = [(command, level) for command in ("start", "dev") for level in (*_LEVELS, "trace")]
    agents = [await stage.start_without_settings(command, "--log-level", level) for command, level in said]
    codes = await asyncio.gather(*(agent.exit_code() for agent in agents))
    assert dict(zip(said, codes, strict=True)) == dict.fromkeys(said, EXIT["settings"])
    for agent, (_, level) in zip(agents, said, strict=True):
        assert ("the agent ends" in agent.said) == (level != "CRITICAL"), agent.said


async def refused(stage: Stage) -> None:
    async with played_platform() as platform:
        platform.on_register = refusing(403, "agent_revoked")
        agent = await stage.start(platform)
        assert await agent.exit_code() == EXIT["refused"]
        request_id = platform.registrations[0].headers["x-request-id"]
        assert last_word(agent)["message"] == messages.ENDS.format(reason=last_word(agent)["reason"])
        assert request_id in last_word(agent)["reason"]


async def unavailable(stage: Stage) -> None:
    async with played_platform() as platform:
        platform.on_register = refusing(503, "audit_unavailable")
        agent = await stage.start(platform, LKPS_START_TIMEOUT_SECONDS="5")
        assert await agent.exit_code() == EXIT["unavailable"]
        assert last_word(agent)["reason"].startswith("not registered in time: the platform takes no registration")
        assert len(platform.registrations) >= 2


async def gave_up(stage: Stage) -> None:
    async with played_platform() as platform:
        platform.on_worker = refusing(500)
        agent = await stage.start(platform, TEST_GIVES_UP="1")
        assert await agent.exit_code() == EXIT["failed"]
        assert last_word(agent)["reason"].startswith("the worker failed: ")


async def while_asking_entra(stage: Stage) -> None:
    for credential in ("hangs", "hangs_on_a_thread"):
        async with played_platform() as platform:
            agent = await stage.start(platform, TEST_CREDENTIAL=credential)
            await agent.until("asking")
            await stopped_by(agent, signal.SIGINT)


async def while_registering(stage: Stage) -> None:
    async with played_platform() as platform:
        platform.on_register = forever
        agent = await stage.start(platform)
        await until(lambda: platform.registrations)
        await stopped_by(agent, signal.SIGTERM)


async def while_waiting_to_retry(stage: Stage) -> None:
    async with played_platform() as platform:
        platform.on_register = refusing(503)
        agent = await stage.start(platform)
        await agent.until(messages.NOT_REGISTERED)
        await stopped_by(agent, signal.SIGINT)


async def while_connecting(stage: Stage) -> None:
    async with played_platform() as platform:
        asked = asyncio.Event()

        async def hangs(request: Any) -> Any:
            asked.set()
            return await forever(request)

        platform.on_worker = hangs
        agent = await stage.start(platform)
        await asyncio.wait_for(asked.wait(), PATIENCE_S)
        await stopped_by(agent, signal.SIGTERM)


async def while_idle(stage: Stage) -> None:
    async with played_platform() as platform:
        agent = await stage.start(platform, "start", "--log-level", "info")
        await agent.until(messages.CONNECTED)
        await stopped_by(agent, signal.SIGINT)
        assert messages.DRAINING in agent.said
        assert "token-1" not in agent.said
        await until(lambda: platform.sockets[0].closed)


async def while_starting_a_process(stage: Stage) -> None:
    """Upstream ignores SIGINT for as long as that takes."""
    async with played_platform() as platform:
        agent = await stage.start(platform, TEST_PROCESSES="1")
        await agent.until("HTTP server listening")
        os.killpg(agent.pid, signal.SIGINT)  # as a terminal does: all its processes get it
        assert await agent.exit_code() == EXIT["stopped"], agent.said
        assert last_word(agent)["message"] == messages.STOPPED
        assert "Traceback" not in agent.said
        assert platform.workers == [], "it was stopped: it is no worker any more"


async def in_dev(stage: Stage) -> None:
    async with played_platform() as platform:
        agent = await stage.start(platform, "dev")
        await agent.until(messages.CONNECTED)
        agent.signal(signal.SIGTERM)
        assert await agent.exit_code() == EXIT["stopped"]
        assert messages.DRAINING not in agent.said
        assert agent.logged() == [], "lines for people"
    ended = await stage.start_without_settings("dev")
    assert await ended.exit_code() == EXIT["settings"]
    assert ended.said.count("neither LKPS_URL nor LKPS_REGION") == 1, "its fields do not repeat the message"


async def by_a_second_signal(stage: Stage) -> None:
    async with played_platform() as platform:
        agent = await stage.start(platform, TEST_BLOCKS_ON_STOP="1")
        await agent.until(messages.CONNECTED)
        agent.signal(signal.SIGINT)
        await agent.until("heard the first")  # two signals that wait to be heard are one
        agent.signal(signal.SIGINT)
        assert await agent.exit_code() == EXIT["forced"]


async def stopped_by(agent: Agent, number: int) -> None:
    agent.signal(number)
    assert await agent.exit_code() == EXIT["stopped"], agent.said
    assert last_word(agent)["message"] == messages.STOPPED


async def until(condition: Any) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), PATIENCE_S)


SCENES = [
    settings,
    usage,
    with_every_log_level,
    refused,
    unavailable,
    gave_up,
    while_asking_entra,
    while_registering,
    while_waiting_to_retry,
    while_connecting,
    while_idle,
    while_starting_a_process,
    in_dev,
    by_a_second_signal,
]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BaseException | None]:
    """All at once: most of the time of each is waiting."""

    async def play() -> list[BaseException | None]:
        async with agents_by_fork(tmp_path_factory.mktemp("agents")) as agents:
            return await asyncio.gather(*(scene(Stage(agents)) for scene in SCENES), return_exceptions=True)

    return dict(zip((scene.__name__ for scene in SCENES), asyncio.run(play()), strict=True))


@pytest.mark.parametrize("scene", [scene.__name__ for scene in SCENES])
def test_it_ends_with_its_exit_code(scene: str, outcomes: dict[str, BaseException | None]) -> None:
    outcome = outcomes[scene]
    if outcome is not None:
        raise outcome
