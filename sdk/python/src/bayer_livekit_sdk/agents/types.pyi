from livekit.agents.types import *
