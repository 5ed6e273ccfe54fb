"""Two agents in one session: a reception that hands the client to an expert, and an expert that hands back."""

from bayer_livekit_sdk.agents import Agent, AgentSession, JobContext, RunContext, Worker, function_tool, llm, room_io
from scripted_llm import Answer, ScriptedLLM, call, words_of_user

worker = Worker()


class Reception(Agent):
    def __init__(self) -> None:
        super().__init__(instructions="You find out whom a client needs.", llm=ScriptedLLM(reception_script))

    async def on_enter(self) -> None:
        await self.session.say("This is the reception. Is it about soil?")

    @function_tool
    async def to_expert(self, context: RunContext[None]) -> Agent:
        """Hands the client to the expert for soil."""
        return SoilExpert()


class SoilExpert(Agent):
    def __init__(self) -> None:
        super().__init__(instructions="You answer questions about soil.", llm=ScriptedLLM(expert_script))

    async def on_enter(self) -> None:
        await self.session.say("This is the expert for soil.")

    @function_tool
    async def to_reception(self, context: RunContext[None]) -> Agent:
        """Hands the client back to the reception."""
        return Reception()


def reception_script(chat: llm.ChatContext) -> Answer:
    if "soil" in words_of_user(chat):
        return call("to_expert")
    return "I can hand you to our expert for soil."


def expert_script(chat: llm.ChatContext) -> Answer:
    if "back" in words_of_user(chat):
        return call("to_reception")
    return "Loose soil holds more water."


@worker.rtc_session()
async def entrypoint(ctx: JobContext) -> None:
    await ctx.connect()
    await ctx.wait_for_participant()  # the agent may be there first, and would greet nobody
    session: AgentSession[None] = AgentSession()
    in_writing = room_io.RoomOptions(audio_input=False, audio_output=False)
    await session.start(agent=Reception(), room=ctx.room, room_options=in_writing)


if __name__ == "__main__":
    worker.run()
