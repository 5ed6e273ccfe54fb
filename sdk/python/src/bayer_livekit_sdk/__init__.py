"""LiveKit agents on the platform: an Entra identity in place of a LiveKit API key."""

from ._aliases import install_aliases
from ._blocked import install_blocks
from .errors import AgentError, RegistrationRefused, RegistrationUnavailable, SettingsError, WorkerFailed
from .version import __version__
from .worker import Worker

install_aliases()
install_blocks()

__all__ = [
    "AgentError",
    "RegistrationRefused",
    "RegistrationUnavailable",
    "SettingsError",
    "Worker",
    "WorkerFailed",
    "__version__",
]
