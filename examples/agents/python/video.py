"""Looks at the client's camera and says in writing what colour it sees."""

import asyncio
import contextlib

import numpy as np
from bayer_livekit_sdk.agents import Agent, AgentSession, JobContext, RunContext, Worker, function_tool, llm, room_io
from livekit import rtc
from scripted_llm import Answer, ScriptedLLM, call, result_of_tool

COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "black": (0, 0, 0),
}

FIRST_PICTURE_S = 10.0

worker = Worker()


class Camera:
    """The newest picture of the client's camera. A model that sees gets it as `llm.ImageContent(image=..)`."""

    def __init__(self, room: rtc.Room) -> None:
        self._newest: rtc.VideoFrame | None = None
        self._first = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        room.on("track_subscribed", self._subscribed)

    def _subscribed(self, track: rtc.Track, _: rtc.RemoteTrackPublication, client: rtc.RemoteParticipant) -> None:
        is_client = client.kind == rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
        if is_client and isinstance(track, rtc.RemoteVideoTrack):
            self._watching = asyncio.create_task(self._watch(track))

    async def _watch(self, track: rtc.RemoteVideoTrack) -> None:
        async for event in rtc.VideoStream(track):
            self._newest = event.frame
            self._first.set()

    async def picture(self) -> rtc.VideoFrame | None:
        """Waits for the first one, since words may come before it; None where there is no camera."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._first.wait(), FIRST_PICTURE_S)
        return self._newest


class Observer(Agent):
    def __init__(self, camera: Camera) -> None:
        super().__init__(instructions="You say what you see.")
        self._camera = camera

    @function_tool
    async def look(self, context: RunContext[None]) -> str:
        """Looks at the newest picture of the client's camera."""
        frame = await self._camera.picture()
        return "no camera" if frame is None else f"mostly {colour_of(frame)}, {frame.width} x {frame.height}"


def colour_of(frame: rtc.VideoFrame) -> str:
    pixels = np.frombuffer(frame.convert(rtc.VideoBufferType.RGBA).data, dtype=np.uint8).reshape(-1, 4)
    mean = pixels[:, :3].mean(axis=0)
    return min(COLOURS, key=lambda name: float(np.linalg.norm(mean - COLOURS[name])))


def script(chat: llm.ChatContext) -> Answer:
    seen = result_of_tool(chat)
    return call("look") if seen is None else f"I see: {seen}."


@worker.rtc_session()
async def entrypoint(ctx: JobContext) -> None:
    camera = Camera(ctx.room)
    await ctx.connect()
    await ctx.wait_for_participant()  # the agent may be there first
    session: AgentSession[None] = AgentSession(llm=ScriptedLLM(script))
    in_writing = room_io.RoomOptions(audio_input=False, audio_output=False)
    await session.start(agent=Observer(camera), room=ctx.room, room_options=in_writing)


if __name__ == "__main__":
    worker.run()
