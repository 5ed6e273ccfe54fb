from livekit.agents.plugin import *
