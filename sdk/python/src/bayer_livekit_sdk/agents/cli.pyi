from livekit.agents.cli import *
