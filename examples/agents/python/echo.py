"""Plays back to the client what the client says, as it hears it."""

import asyncio

from bayer_livekit_sdk.agents import JobContext, Worker
from livekit import rtc

SAMPLE_RATE, CHANNELS = 48_000, 1

worker = Worker()


@worker.rtc_session()
async def entrypoint(ctx: JobContext) -> None:
    voice = rtc.AudioSource(SAMPLE_RATE, CHANNELS)
    echoes: set[asyncio.Task[None]] = set()

    @ctx.room.on("track_subscribed")
    def heard(track: rtc.Track, _: rtc.RemoteTrackPublication, speaker: rtc.RemoteParticipant) -> None:
        is_client = speaker.kind == rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
        if is_client and isinstance(track, rtc.RemoteAudioTrack):
            echo = asyncio.create_task(play_back(track, voice))
            echoes.add(echo)
            echo.add_done_callback(echoes.discard)

    await ctx.connect()
    await ctx.room.local_participant.publish_track(
        rtc.LocalAudioTrack.create_audio_track("echo", voice),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False),
    )


async def play_back(track: rtc.RemoteAudioTrack, voice: rtc.AudioSource) -> None:
    async for event in rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=CHANNELS):
        await voice.capture_frame(event.frame)


if __name__ == "__main__":
    worker.run()
