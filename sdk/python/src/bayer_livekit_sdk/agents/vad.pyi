from livekit.agents.vad import *
