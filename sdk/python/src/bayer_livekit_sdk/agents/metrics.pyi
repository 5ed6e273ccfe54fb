from livekit.agents.metrics import *
