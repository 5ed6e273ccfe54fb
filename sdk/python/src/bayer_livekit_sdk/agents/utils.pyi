from livekit.agents.utils import *
