"""What the SDK says, and the exit codes it says it with. The TypeScript SDK says the same."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How an agent's process ends."""

    STOPPED = 0
    SETTINGS = 78
    REFUSED = 77
    UNAVAILABLE = 69
    FAILED = 70
    FORCED = 130


REMOVED = (
    "these variables are of no use here and were removed from the environment: {names}. "
    "Agents of the platform hold no LiveKit key"
)
REGISTERED = "registered at the platform"
RENEWED = "renewed the registration"
NOT_RENEWED = "the registration was not renewed, and the running agent goes on; trying again"
NOT_REGISTERED = "not registered yet; trying again"
CONNECTED = "connected to the agent gateway"
RECONNECTING = "the gateway closed the connection in good order; coming back with the newest token"
CONNECTION_LOST = "the connection to the agent gateway was lost; coming back"
EARLY_RENEWAL = "the gateway does not accept the token; registering again at once"
DRAINING = "the agent ends: no more jobs, those that run may finish"
STOPPED = "the agent has stopped"
ENDS = "the agent ends: {reason}"
AROUND = "{name} needs a LiveKit API key: write {instead}"
