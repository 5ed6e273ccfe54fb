"""Agents as processes of their own, for tests of the command line."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ZYGOTE = Path(__file__).with_name("zygote.py")
PATIENCE_S = 240.0
"""Two dozen agents start at once."""


class Agent:
    def __init__(self, pid: int, output: Path, ended: "asyncio.Future[int]") -> None:
        self.pid = pid
        self._output = output
        self._ended = ended

    @property
    def said(self) -> str:
        return self._output.read_text() if self._output.exists() else ""

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]

    async def until(self, text: str) -> None:
        async def wait() -> None:
            while text not in self.said:
                await asyncio.sleep(0.02)

        await asyncio.wait_for(wait(), PATIENCE_S)

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    async def exit_code(self) -> int:
        return await asyncio.wait_for(asyncio.shield(self._ended), PATIENCE_S)


class Agents:
    def __init__(self, zygote: asyncio.subprocess.Process, folder: Path) -> None:
        self._zygote = zygote
        self._folder = folder
        self._ended: dict[int, asyncio.Future[int]] = {}
        self._orders: list[tuple[Path, asyncio.Future[Agent]]] = []

    async def start(self, *argv: str, **env: str) -> Agent:
        output = self._folder / f"{len(self._orders)}.log"
        started: asyncio.Future[Agent] = asyncio.get_running_loop().create_future()
        self._orders.append((output, started))
        order = {"argv": argv, "env": env, "output": str(output)}
        assert self._zygote.stdin is not None
        self._zygote.stdin.write((json.dumps(order) + "\n").encode())
        return await asyncio.wait_for(started, PATIENCE_S)

    async def listen(self) -> None:
        assert self._zygote.stdout is not None
        orders = iter(self._orders)
        async for line in self._zygote.stdout:
            facts = json.loads(line)
            ended = self._ended.setdefault(facts["pid"], asyncio.get_running_loop().create_future())
            if "code" in facts:
                ended.set_result(facts["code"])
            else:
                output, started = next(orders)
                started.set_result(Agent(facts["pid"], output, ended))


@asynccontextmanager
async def agents_by_fork(folder: Path) -> AsyncIterator[Agents]:
    pipe = asyncio.subprocess.PIPE
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    zygote = await asyncio.create_subprocess_exec(sys.executable, str(ZYGOTE), stdin=pipe, stdout=pipe, env=env)
    agents = Agents(zygote, folder)
    listening = asyncio.ensure_future(agents.listen())
    try:
        yield agents
    finally:
        assert zygote.stdin is not None
        zygote.stdin.close()
        await zygote.wait()
        await asyncio.wait({listening}, timeout=5)
