from livekit.agents.beta.workflows import *
