from livekit.agents.ipc import *
