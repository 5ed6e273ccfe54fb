"""
Ends a job whose room LiveKit lost, in a restart.

The client library of livekit-agents 1.4 (livekit 1.1) tries for some 50 s to come back, gives up and tells nobody: its
room is reconnecting for ever, and so is the job. That of 1.8 ends such a job by itself, before this does. Where LiveKit
hangs, both wait for its answer in `Room.disconnect()`, which upstream's end of a job awaits before the callbacks.
"""

import asyncio
from collections.abc import Callable

from livekit import rtc
from livekit.agents import JobContext

from ._blocked_guard import Arguments, guard
from .clock import Clock, SystemClock
from .log import logger

LIMIT_MS = 75_000
LOST = "LiveKit lost the room: the job ends"


def watch_rooms() -> None:
    """Of every job of this process, whoever connects it, and when. May be called any number of times."""
    guard(JobContext, "__init__", _watch)


def _watch(given: Arguments) -> None:
    context: JobContext = given["self"]
    LostRoom(given["room"], lambda: context.shutdown(reason=LOST), SystemClock())


class LostRoom:
    """Calls `end` once, when the room has been reconnecting for `LIMIT_MS` on end. The room keeps it alive."""

    def __init__(self, room: rtc.Room, end: Callable[[], None], clock: Clock) -> None:
        self._end = end
        self._clock = clock
        self._waiting: asyncio.Task[None] | None = None
        room.on("reconnecting", self._wait)
        room.on("reconnected", self._cancel)
        room.on("disconnected", self._cancel)

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = asyncio.create_task(self._end_after_limit())

    def _cancel(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = None

    async def _end_after_limit(self) -> None:
        await self._clock.sleep_ms(LIMIT_MS)
        logger.warning(LOST, extra={"reconnecting_ms": LIMIT_MS})
        self._end()
