"""What the stack's client asks of an agent: its own data back, on the topic of replies, and its own sound."""

import asyncio

from livekit import rtc

ASK, REPLY = "lkps.echo", "lkps.echo.reply"
RATE = 48_000
running: set[asyncio.Task[None]] = set()


def echo_data(room: rtc.Room) -> None:
    async def answer(packet: rtc.DataPacket, to: str) -> None:
        await room.local_participant.publish_data(packet.data, topic=REPLY, destination_identities=[to])

    @room.on("data_received")
    def heard(packet: rtc.DataPacket) -> None:
        if packet.topic == ASK and packet.participant is not None:
            start(answer(packet, packet.participant.identity))


def echo_audio(room: rtc.Room) -> None:
    async def pass_through(track: rtc.RemoteTrack) -> None:
        source = rtc.AudioSource(RATE, 1)
        own = rtc.LocalAudioTrack.create_audio_track("echo", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        await room.local_participant.publish_track(own, options)
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            await source.capture_frame(event.frame)

    @room.on("track_subscribed")
    def heard(track: rtc.RemoteTrack, _: object, __: object) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            start(pass_through(track))


def start(work) -> None:  # type: ignore[no-untyped-def]
    task = asyncio.ensure_future(work)
    running.add(task)
    task.add_done_callback(running.discard)
