from livekit.agents.stt import *
