"""The SDK's part of the agent's log: the logger `bayer_livekit_sdk`, written as the worker library writes its own."""

import logging

from livekit.agents.cli.log import setup_logging

logger = logging.getLogger("bayer_livekit_sdk")

_NOISY = {"azure.identity": logging.ERROR, "azure": logging.WARNING, "msal": logging.WARNING}
"""In `dev` they would tell each request and what they cache; and what Entra says, the SDK says itself."""
_TRACE = 5
"""Upstream's, which has no name for it before its own command line runs (1.4)."""


def configure_logging(level: str, *, devmode: bool) -> None:
    """The worker library's own: JSON lines in `start`, coloured lines in `dev`, on standard output."""
    logging.addLevelName(_TRACE, "TRACE")
    setup_logging(level, devmode=devmode, console=False)
    said_by_the_program = [name for name in _NOISY if logging.getLogger(name).level != logging.NOTSET]
    for name, quiet in _NOISY.items():
        if not any(name == said or name.startswith(f"{said}.") for said in said_by_the_program):
            logging.getLogger(name).setLevel(quiet)
