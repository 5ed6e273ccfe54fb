"""A job whose room LiveKit lost. The library's own room says what happens to it; the clock is played."""

import logging
from typing import Any
from unittest.mock import MagicMock

import pytest
from livekit import rtc
from livekit.agents import JobContext

from bayer_livekit_sdk import lost_room
from bayer_livekit_sdk.job import prepare
from bayer_livekit_sdk.lost_room import LIMIT_MS, LOST
from fake_clock import FakeClock, settle


class Job:
    """As the library makes one in a process of the agent's, before anything connects it."""

    def __init__(self) -> None:
        self.room = rtc.Room()
        self.ended: list[str] = []
        self.context = JobContext(
            proc=MagicMock(),
            info=MagicMock(),
            room=self.room,
            on_connect=lambda: None,
            on_shutdown=self.ended.append,
            inference_executor=MagicMock(),
        )


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr(lost_room, "SystemClock", lambda: clock)
    prepare()
    return clock


def test_the_limit_is_longer_than_the_library_tries() -> None:
    assert LIMIT_MS == 75_000


async def test_a_job_ends_whose_room_does_not_come_back_and_one_line_says_so(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    job = Job()
    job.room.emit("reconnecting")
    await clock.pass_ms(LIMIT_MS - 1)
    assert job.ended == []
    await clock.pass_ms(1)
    assert job.ended == [LOST]
    said = [record for record in caplog.records if record.name == "bayer_livekit_sdk"]
    assert [(record.levelno, record.getMessage()) for record in said] == [(logging.WARNING, LOST)]


@pytest.mark.parametrize("event", [("reconnected",), ("disconnected", 1)], ids=lambda event: event[0])
async def test_a_job_whose_room_came_back_or_ended_is_left_alone(event: tuple[Any, ...], clock: FakeClock) -> None:
    job = Job()
    job.room.emit("reconnecting")
    job.room.emit("reconnecting")
    await clock.pass_ms(LIMIT_MS - 1)
    job.room.emit(*event)
    await clock.pass_ms(2 * LIMIT_MS)
    assert job.ended == []


async def test_each_loss_has_the_whole_limit_and_is_counted_from_its_beginning(clock: FakeClock) -> None:
    job = Job()
    job.room.emit("reconnecting")
    await clock.pass_ms(LIMIT_MS - 1)
    job.room.emit("reconnected")
    job.room.emit("reconnecting")
    await clock.pass_ms(LIMIT_MS - 1)
    assert job.ended == []
    job.room.emit("reconnecting")
    await clock.pass_ms(1)
    assert job.ended == [LOST]


async def test_a_job_whose_room_was_never_lost_goes_on(clock: FakeClock) -> None:
    job = Job()
    job.room.emit("connected")
    await clock.pass_ms(10 * LIMIT_MS)
    assert (job.ended, clock.slept_ms) == ([], [])


async def test_a_room_is_watched_once_however_often_a_process_is_prepared(clock: FakeClock) -> None:
    prepare()
    job = Job()
    job.room.emit("reconnecting")
    await settle()
    assert clock.slept_ms == [LIMIT_MS]
    job.room.emit("disconnected", 1)
