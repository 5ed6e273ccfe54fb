"""A clock that moves only from one sleeper to the next."""

import asyncio
import heapq
from collections.abc import Callable


class FakeClock:
    def __init__(self, random: Callable[[], float] = lambda: 0.5) -> None:
        self._now_ms = 0.0
        self._random = random
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self.slept_ms: list[float] = []

    def now_ms(self) -> float:
        return self._now_ms

    def random(self) -> float:
        return self._random()

    async def sleep_ms(self, ms: float) -> None:
        self.slept_ms.append(ms)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now_ms + ms, len(self.slept_ms), future))
        await future

    async def pass_ms(self, ms: float) -> None:
        """Wakes in order whoever sleeps no longer than that."""
        until = self._now_ms + ms
        await settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                self._now_ms = max(self._now_ms, at)
                future.set_result(None)
                await settle()
        self._now_ms = until


async def settle() -> None:
    """Everything that can go on without time passing has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)
