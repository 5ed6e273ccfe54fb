from livekit.agents.inference import *
