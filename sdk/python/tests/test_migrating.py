"""What is left over of upstream's way to make a worker is told at once, with what to write instead."""

import pytest
from livekit.agents import JobContext, WorkerType

from bayer_livekit_sdk import SettingsError, Worker

WRITE = {
    "entrypoint_fnc": "write worker.rtc_session(entrypoint)",
    "prewarm_fnc": "write Worker(setup_fnc=..)",
    "request_fnc": "write worker.rtc_session(entrypoint, on_request=..)",
    "worker_type": "an agent of the platform is for a room",
}


async def entrypoint(_: JobContext) -> None: ...


def test_each_option_of_the_former_worker_says_where_it_went() -> None:
    with pytest.raises(SettingsError) as refused:
        Worker(**dict.fromkeys(WRITE, entrypoint))  # type: ignore[arg-type]
    assert list(refused.value.problems) == [f"the option {name} is not accepted: {why}" for name, why in WRITE.items()]


async def test_what_is_to_be_written_is_taken() -> None:
    worker = Worker(setup_fnc=lambda _: None)
    worker.rtc_session(entrypoint, on_request=entrypoint)


def test_an_agent_is_for_a_room() -> None:
    Worker().rtc_session(entrypoint, type=WorkerType.ROOM)
    with pytest.raises(SettingsError, match="an agent of the platform is for a room"):
        Worker().rtc_session(entrypoint, type=WorkerType.PUBLISHER)


async def test_a_worker_with_nothing_to_run_registers_nowhere() -> None:
    worker = Worker(url="http://127.0.0.1:9", scope="api://lkps/.default", start_timeout=0)
    with pytest.raises(SettingsError, match=r"nothing to run: write worker\.rtc_session\(entrypoint\)"):
        await worker.serve()
