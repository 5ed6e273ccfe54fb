from livekit.agents.voice import *
