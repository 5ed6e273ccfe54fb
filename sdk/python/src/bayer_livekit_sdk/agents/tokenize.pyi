from livekit.agents.tokenize import *
