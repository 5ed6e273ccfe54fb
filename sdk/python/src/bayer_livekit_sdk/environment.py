"""The variables of the worker library that have no use on the platform."""

import os

REMOVED_VARIABLES = (
    "LIVEKIT_URL",
    "LIVEKIT_API_KEY",
    "LIVEKIT_API_SECRET",
    "LIVEKIT_TOKEN",
    "LIVEKIT_WORKER_TOKEN",
    "LIVEKIT_AGENT_NAME",
    "LIVEKIT_AGENT_NAME_OVERRIDE",
    "LIVEKIT_AGENT_DEPLOYMENT",
)
"""Name, address and token come from the registration. LIVEKIT_INFERENCE_* is a team's own LiveKit Cloud: it stays."""


def remove_variables() -> tuple[str, ...]:
    """Takes them out of this process's environment. Answers the names of those that were set."""
    return tuple(name for name in REMOVED_VARIABLES if os.environ.pop(name, ""))
