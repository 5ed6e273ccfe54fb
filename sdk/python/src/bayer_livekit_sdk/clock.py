"""Time and chance, so that tests can have their own."""

import asyncio
import random
import time
from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> float:
        """Monotonic: a clock that is set wrong, or put right, changes nothing."""
        ...

    def random(self) -> float:
        """0 to 1."""
        ...

    async def sleep_ms(self, ms: float) -> None: ...


class SystemClock:
    def now_ms(self) -> float:
        return time.monotonic() * 1000

    def random(self) -> float:
        return random.random()

    async def sleep_ms(self, ms: float) -> None:
        await asyncio.sleep(ms / 1000)
