from livekit.agents.worker import *
