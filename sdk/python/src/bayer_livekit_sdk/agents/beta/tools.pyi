from livekit.agents.beta.tools import *
