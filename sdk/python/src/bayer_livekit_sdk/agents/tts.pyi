from livekit.agents.tts import *
