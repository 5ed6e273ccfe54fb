from livekit.agents.beta import *
