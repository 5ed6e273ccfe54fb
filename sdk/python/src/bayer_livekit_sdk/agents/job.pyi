from livekit.agents.job import *
