"""
The conformance suite's agent: written as any agent of the library is, on the SDK. Standard output: one JSON object a
line for what happens to it. `CONFORMANCE_LOAD=1`: it reports that it is full, and gets no job.
"""

import json
import os

from bayer_livekit_sdk import Worker
from bayer_livekit_sdk.agents import JobContext
from bayer_livekit_sdk.events import EventName
from echo import echo_audio, echo_data
from probe import environment, probe

LOAD = float(os.environ.get("CONFORMANCE_LOAD", "0"))
EVENTS: tuple[EventName, ...] = ("access_token", "registered", "connected", "renewed", "not_renewed", "stopping")


def say(event: str, **facts: object) -> None:
    """One write, so that lines of several processes never mix."""
    os.write(1, (json.dumps({"event": event, **facts}, default=str) + "\n").encode())


worker = Worker(
    load_fnc=lambda: LOAD,
    load_threshold=0.7,
    num_idle_processes=0 if LOAD else 1,
    initialize_process_timeout=60.0,
    host="127.0.0.1",
    port=int(os.environ.get("CONFORMANCE_PORT", "0")),
)


@worker.rtc_session()
async def entrypoint(ctx: JobContext) -> None:
    job = {"room": ctx.job.room.name, "job_id": ctx.job.id, "pid": os.getpid()}

    async def over() -> None:
        say("job_ended", **job)

    ctx.add_shutdown_callback(over)
    echo_data(ctx.room)
    echo_audio(ctx.room)
    await ctx.connect()
    say("job_started", **job)
    if ctx.job.metadata == "probe":
        say("environment", **environment())
        say("probed", answers=await probe(ctx))


def tell(name: EventName) -> None:
    worker.on(name, lambda fact: say(name, facts=[fact]))


if __name__ == "__main__":
    say("started", pid=os.getpid())
    for event in EVENTS:
        tell(event)
    worker.run()
