"""
An echo agent, and an `AgentSession` beside it for the state it publishes. Standard output: one JSON object a line.

SIGUSR1: reports from now on that it is full, or, the next time, that it is free again. SIGUSR2: takes no more jobs and ends
once those that run are over. SIGTERM: ends.
"""

import asyncio
import json
import os
import signal
from importlib.metadata import version

from livekit import rtc
from livekit.agents import Agent, AgentSession, JobContext, JobProcess

from platform_token import PlatformServer, Registration

ASK, REPLY = "lkps.echo", "lkps.echo.reply"
load = 0.0


def say(event: dict) -> None:
    os.write(1, (json.dumps(event) + "\n").encode())


def setup(process: JobProcess) -> None:
    """In each job's process: no key of any kind is in its reach."""
    for name in ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        os.environ.pop(name, None)


async def entrypoint(ctx: JobContext) -> None:
    about = {"room": ctx.job.room.name, "job_id": ctx.job.id}
    ctx.add_shutdown_callback(lambda: ended(about))
    room = ctx.room

    @room.on("data_received")
    def echo(packet: rtc.DataPacket) -> None:
        if packet.topic == ASK and packet.participant is not None:
            to = [packet.participant.identity]
            reply = room.local_participant.publish_data(packet.data, topic=REPLY, destination_identities=to)
            asyncio.ensure_future(reply)

    await ctx.connect()
    say({"event": "job_started", **about, "metadata": ctx.job.metadata, "identity": room.local_participant.identity})
    await room.local_participant.set_attributes({"mood": "fine"})
    await AgentSession().start(agent=Agent(instructions=""), room=room)


async def ended(about: dict) -> None:
    say({"event": "job_ended", **about})


def toggle() -> None:
    global load
    load = 1.0 if load == 0.0 else 0.0


async def main() -> None:
    registration = Registration()
    await registration.register()
    server = PlatformServer(
        registration,
        setup_fnc=setup,
        load_fnc=lambda: load,
        load_threshold=0.7,
        num_idle_processes=int(os.environ.get("ECHO_IDLE_PROCESSES", "1")),
        initialize_process_timeout=60.0,
        max_retry=1_000_000,
        host="127.0.0.1",
        port=0,
    )
    server.rtc_session(entrypoint, agent_name=registration.agent_name)

    @server.on("worker_registered")
    def registered(worker_id: str, _) -> None:
        jobs = len(server.active_jobs)
        say({"event": "registered", "worker_id": worker_id, "jobs": jobs, "version": version("livekit-agents")})

    stopping = asyncio.Event()
    draining = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, toggle)
    loop.add_signal_handler(signal.SIGUSR2, draining.set)
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    running = asyncio.ensure_future(server.run())
    renewing = asyncio.ensure_future(registration.keep(say))
    asked = [asyncio.ensure_future(stopping.wait()), asyncio.ensure_future(draining.wait())]
    await asyncio.wait([running, *asked], return_when=asyncio.FIRST_COMPLETED)
    if draining.is_set():
        say({"event": "draining"})
        await server.drain()
        say({"event": "drained"})
    renewing.cancel()
    await server.aclose()
    say({"event": "stopped"})


if __name__ == "__main__":
    asyncio.run(main())
