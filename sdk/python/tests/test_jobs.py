"""What a job can reach: upstream's own job process and thread, without a server."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import JobExecutorType

import job_program
from bayer_livekit_sdk import Worker
from bayer_livekit_sdk.environment import REMOVED_VARIABLES
from vectors import vectors

BLOCKED = vectors("messages")["blocked"]


async def findings_of(executor: JobExecutorType, result: Path) -> dict[str, Any]:
    worker = Worker(
        job_executor_type=executor,
        setup_fnc=job_program.setup,
        initialize_process_timeout=60.0,
        num_idle_processes=0,
        host="127.0.0.1",
        port=0,
        load_fnc=lambda: 0.0,
    )
    worker.rtc_session(job_program.entrypoint)
    server = worker.server
    running = asyncio.ensure_future(server.run(devmode=True, unregistered=True))
    try:
        for _ in range(6000):
            await asyncio.sleep(0.01)
            if hasattr(server, "_close_future") and server._close_future is not None:
                break
        await server.simulate_job(str(result), agent_identity="me", fake_job=True)
        for _ in range(6000):
            await asyncio.sleep(0.01)
            if result.exists() and result.read_text():
                break
    finally:
        await server.aclose()
        await running
    findings: dict[str, Any] = json.loads(result.read_text())
    return findings


@pytest.mark.parametrize("executor", [JobExecutorType.PROCESS, JobExecutorType.THREAD], ids=lambda one: one.value)
async def test_a_job_reaches_no_key_and_no_server_api(
    executor: JobExecutorType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**job_program.PLANTED, **job_program.KEPT}.items():
        monkeypatch.setenv(name, value)
    found = await findings_of(executor, tmp_path / "findings.json")
    assert (found["pid"] != os.getpid()) == (executor is JobExecutorType.PROCESS)
    assert found["set_up"] is True
    assert found["environment"] == []
    if executor is JobExecutorType.PROCESS:
        assert "lkps-no-api" not in found["started_with"]
        assert "LIVEKIT_API" not in found["started_with"]
    assert not [name for name in REMOVED_VARIABLES if name in os.environ]
    assert found["identity"] == "me"

    def blocked(kind: str, **values: str) -> str:
        return f"RuntimeError: {BLOCKED[kind].format(**values)}"

    assert found["api"] == found["api_by_context"] == blocked("api", name="ctx.api")
    assert found["livekit_api"] == blocked("api", name="livekit.api.LiveKitAPI")
    assert found["delete_room"] == blocked("delete_room", name="ctx.delete_room()", shutdown="ctx.shutdown()")
    assert found["sip"] == blocked("sip", name="ctx.add_sip_participant()")
    assert found["transfer"] == blocked("sip", name="ctx.transfer_sip_participant()")
