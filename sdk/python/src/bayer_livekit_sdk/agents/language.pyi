from livekit.agents.language import *
