"""
Clients of the real python library for tests/e2e/sdk-examples.test.ts, all in one process. `CONVERSATIONS`, JSON:
`[{"name": "..", "url": "..", "token": "..", "steps": [..]}]`, a step being one of
`{"expect": ".."}` (what the agent says contains it), `{"say": "..", "expect": ".."}` (by text, the library's way),
`{"camera": [r, g, b]}` (publishes a picture of that colour, and keeps it moving).
Standard output: one JSON object a line: what is said, and `done` or `failed` for each conversation.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from livekit import rtc

CHAT, TRANSCRIPTION = "lk.chat", "lk.transcription"
STATE = "lk.agent.state"
# The library sends each change on its own: of two at once the last may be the one that is not seen.
STARTED = {"listening", "thinking", "speaking"}
STEP_S = 60.0
WIDTH, HEIGHT = 320, 240


def say(event: dict[str, object]) -> None:
    os.write(1, (json.dumps(event) + "\n").encode())


class Conversation:
    def __init__(self, name: str, url: str, token: str, steps: list[dict[str, Any]]) -> None:
        self.name, self.url, self.token, self.steps = name, url, token, steps
        self.room = rtc.Room()
        self.heard: list[str] = []
        self.changed = asyncio.Condition()
        self.tasks: set[asyncio.Task[None]] = set()

    async def hold(self) -> None:
        @self.room.on("participant_attributes_changed")
        def _(_changed: dict[str, str], _participant: rtc.Participant) -> None:
            self.start(self.notify())

        @self.room.on("participant_connected")
        def _(_participant: rtc.RemoteParticipant) -> None:
            self.start(self.notify())

        def transcribed(reader: rtc.TextStreamReader, who: str) -> None:
            self.start(self.read(reader, who))

        self.room.register_text_stream_handler(TRANSCRIPTION, transcribed)
        await self.room.connect(self.url, self.token)
        try:
            await self.until(self.agent_is_started, "the agent is started")
            for step in self.steps:
                await self.take(step)
            await self.leave()
            say({"event": "done", "name": self.name})
        except Exception as error:
            say({"event": "failed", "name": self.name, "reason": repr(error), "heard": self.heard})
            await self.leave()

    async def leave(self) -> None:
        for task in self.tasks:
            task.cancel()
        await self.room.disconnect()

    async def take(self, step: dict[str, Any]) -> None:
        if "camera" in step:
            await self.show(step["camera"])
        if "say" in step:
            self.heard.clear()
            await self.room.local_participant.send_text(step["say"], topic=CHAT)
        if "expect" in step:
            await self.until(lambda: any(step["expect"] in text for text in self.heard), json.dumps(step))

    async def show(self, colour: list[int]) -> None:
        source = rtc.VideoSource(WIDTH, HEIGHT)
        track = rtc.LocalVideoTrack.create_video_track("camera", source)
        await self.room.local_participant.publish_track(
            track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA)
        )
        frame = rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, bytes([*colour, 255]) * (WIDTH * HEIGHT))

        async def send() -> None:
            while True:
                source.capture_frame(frame)
                await asyncio.sleep(0.1)

        self.start(send())

    async def read(self, reader: rtc.TextStreamReader, who: str) -> None:
        text = await reader.read_all()
        if who != self.room.local_participant.identity:
            say({"event": "heard", "name": self.name, "text": text})
            self.heard.append(text)
            await self.notify()

    def agent_is_started(self) -> bool:
        states = (them.attributes.get(STATE) for them in self.room.remote_participants.values())
        return bool(self.heard) or any(state in STARTED for state in states)

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        async with self.changed:
            try:
                await asyncio.wait_for(self.changed.wait_for(holds), STEP_S)
            except asyncio.TimeoutError:
                raise RuntimeError(f"not within {STEP_S:.0f} s: {what}") from None

    async def notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    def start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


async def main() -> None:
    conversations = [Conversation(**each) for each in json.loads(os.environ["CONVERSATIONS"])]
    await asyncio.gather(*(each.hold() for each in conversations))
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
