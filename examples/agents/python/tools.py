"""Answers in writing what the temperature of a greenhouse is: the model calls a function tool to know."""

import re

from bayer_livekit_sdk.agents import Agent, AgentSession, JobContext, RunContext, Worker, function_tool, llm, room_io
from scripted_llm import Answer, ScriptedLLM, call, result_of_tool, words_of_user

TEMPERATURES = {"A": 21.5, "B": 18.0}

worker = Worker()


class Gardener(Agent):
    def __init__(self) -> None:
        super().__init__(instructions="You know the temperatures of the greenhouses A and B.")

    async def on_enter(self) -> None:
        await self.session.say("Which greenhouse is it about, A or B?")

    @function_tool
    async def temperature(self, context: RunContext[None], greenhouse: str) -> str:
        """Reads the thermometer of a greenhouse.

        Args:
            greenhouse: Its letter.
        """
        degrees = TEMPERATURES.get(greenhouse)
        return "no such greenhouse" if degrees is None else f"{degrees} degrees"


def script(chat: llm.ChatContext) -> Answer:
    measured = result_of_tool(chat)
    if measured is not None:
        return f"The thermometer says: {measured}."
    asked = re.search(r"\b([A-Z])\b", words_of_user(chat))
    return call("temperature", greenhouse=asked[1]) if asked else "Please name a greenhouse by its letter."


@worker.rtc_session()
async def entrypoint(ctx: JobContext) -> None:
    await ctx.connect()
    await ctx.wait_for_participant()  # the agent may be there first, and would greet nobody
    session: AgentSession[None] = AgentSession(llm=ScriptedLLM(script))
    # In writing: text streams in, transcriptions out, no sound.
    in_writing = room_io.RoomOptions(audio_input=False, audio_output=False)
    await session.start(agent=Gardener(), room=ctx.room, room_options=in_writing)


if __name__ == "__main__":
    worker.run()
