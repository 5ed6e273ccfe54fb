from livekit.agents.evals import *
