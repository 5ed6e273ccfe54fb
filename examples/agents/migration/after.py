"""A voice assistant of a mail-order shop, made of the library's usual parts."""

import logging

from bayer_livekit_sdk.agents import Agent, AgentSession, JobContext, JobProcess, RunContext, Worker, function_tool
from bayer_livekit_sdk.plugins import openai, silero
from livekit import rtc

logger = logging.getLogger("assistant")
ORDERS = {"17": "on its way", "18": "being packed"}


class Assistant(Agent):
    def __init__(self) -> None:
        super().__init__(instructions="You help the customers of a mail-order shop. Be brief.")

    async def on_enter(self) -> None:
        await self.session.say("Hello, which order is it about?")

    @function_tool
    async def order_state(self, context: RunContext[None], number: str) -> str:
        """Looks up where an order is.

        Args:
            number: The order's number.
        """
        return ORDERS.get(number, "not known")


def prewarm(proc: JobProcess) -> None:
    proc.userdata["vad"] = silero.VAD.load()


async def entrypoint(ctx: JobContext) -> None:
    session: AgentSession[None] = AgentSession(
        vad=ctx.proc.userdata["vad"],
        stt=openai.STT(),
        llm=openai.LLM(model="gpt-4o-mini"),
        tts=openai.TTS(response_format="pcm"),
    )

    async def sum_up() -> None:
        logger.info("the session had %d items", len(session.history.items))

    ctx.add_shutdown_callback(sum_up)

    @ctx.room.on("participant_disconnected")
    def left(participant: rtc.RemoteParticipant) -> None:
        logger.info("%s has left", participant.identity)

    await session.start(agent=Assistant(), room=ctx.room)
    await ctx.connect()


if __name__ == "__main__":
    worker = Worker(setup_fnc=prewarm)
    worker.rtc_session(entrypoint)
    worker.run()
