from livekit.agents.llm import *
