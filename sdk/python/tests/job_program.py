"""What runs in the job processes of test_jobs.py. Imported there, it brings variables back, as a `.env` file does."""

import json
import os
from pathlib import Path
from typing import Any

from livekit import api
from livekit.agents import JobContext, JobProcess, get_job_context

PLANTED = {
    "LIVEKIT_API_KEY": "planted-key",
    "LIVEKIT_API_SECRET": "planted-secret",
    "LIVEKIT_TOKEN": "planted-token",
    "LIVEKIT_URL": "wss://planted",
}
os.environ.update(PLANTED)
KEPT = {"LIVEKIT_INFERENCE_API_KEY": "own", "AZURE_CLIENT_ID": "own"}


def setup(process: JobProcess) -> None:
    process.userdata["set_up"] = True


def said_by(what: Any) -> str:
    try:
        return f"no error: {what()}"
    except RuntimeError as error:
        return f"RuntimeError: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def started_with() -> str:
    """What this process and the one that forked it were started with, as far as this machine shows that."""
    files = [Path(f"/proc/{pid}/environ") for pid in (os.getpid(), os.getppid())]
    return " ".join(file.read_text() for file in files if file.exists())


async def entrypoint(ctx: JobContext) -> None:
    """The room's name is where the findings go."""
    findings = {
        "set_up": ctx.proc.userdata.get("set_up"),
        "environment": sorted(name for name in os.environ if name.startswith("LIVEKIT_") and name not in KEPT),
        "pid": os.getpid(),
        "started_with": started_with(),
        "api": said_by(lambda: ctx.api),
        "api_by_context": said_by(lambda: get_job_context().api),
        "delete_room": said_by(ctx.delete_room),
        "sip": said_by(lambda: ctx.add_sip_participant(call_to="1", trunk_id="t", participant_identity="p")),
        "transfer": said_by(lambda: ctx.transfer_sip_participant("p", "1")),
        "livekit_api": said_by(api.LiveKitAPI),
        "identity": ctx.local_participant_identity,
    }
    Path(ctx.job.room.name).write_text(json.dumps(findings))
    ctx.shutdown()
