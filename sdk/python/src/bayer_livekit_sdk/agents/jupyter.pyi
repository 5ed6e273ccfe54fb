from livekit.agents.jupyter import *
