"""The SDK's part of the agent's log: the logger `bayer_livekit_sdk`, written as the worker library writes its own."""

import logging

from livekit.agents.cli.log import setup_logging

logger = logging.getLogger("bayer_livekit_sdk")

_NOISY = ("azure", "msal")
"""In `dev` they would tell each request and what they cache."""


def configure_logging(level: str, *, devmode: bool) -> None:
    """The worker library's own: JSON lines in `start`, coloured lines in `dev`, on standard output."""
    setup_logging(level, devmode=devmode, console=False)
    for name in _NOISY:
        noisy = logging.getLogger(name)
        if noisy.level == logging.NOTSET:
            noisy.setLevel(logging.WARNING)
