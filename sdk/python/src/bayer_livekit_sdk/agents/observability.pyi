from livekit.agents.observability import *
