"""An ordinary agent, as type checkers see it: `mypy --strict` over the tests includes this file."""

from azure.identity import AzureCliCredential
from azure.identity.aio import ManagedIdentityCredential

from bayer_livekit_sdk import Worker
from bayer_livekit_sdk.agents import Agent, AgentSession, JobContext, JobProcess, RunContext, function_tool, llm
from bayer_livekit_sdk.agents import Worker as SameWorker
from bayer_livekit_sdk.agents.beta.workflows import TaskGroup
from bayer_livekit_sdk.agents.llm import ChatContext


class Assistant(Agent):
    @function_tool
    async def look_up(self, context: RunContext[None], word: str) -> str:
        return word


def prewarm(process: JobProcess) -> None:
    process.userdata["history"] = llm.ChatContext.empty()


worker = Worker(region="eu", environment="np", setup_fnc=prewarm)


@worker.rtc_session()
async def entrypoint(ctx: JobContext) -> None:
    await ctx.connect()
    session: AgentSession[None] = AgentSession()
    await session.start(agent=Assistant(instructions="be kind"), room=ctx.room)


Worker(credential=AzureCliCredential())
Worker(credential=ManagedIdentityCredential())
worker.on("registered", lambda facts: None)
same: type[Worker] = SameWorker
history: ChatContext = llm.ChatContext.empty()
group: type[TaskGroup] = TaskGroup
