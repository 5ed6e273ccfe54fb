"""The SDK's part of the agent's log: the logger `bayer_livekit_sdk`, written as the worker library writes its own."""

import contextlib
import logging
from collections.abc import Iterator

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
    for name in _not_said_by_the_program(*_NOISY):
        logging.getLogger(name).setLevel(_NOISY[name])


class _Quiet:
    """How many agents live here, and whether it is for them that `azure.identity` is quiet."""

    lives = 0
    is_for_them = False


@contextlib.contextmanager
def quiet_entra() -> Iterator[None]:
    """For programs with a logging of their own, while an agent lives: what Entra says, the SDK says itself."""
    entra = logging.getLogger("azure.identity")
    if _not_said_by_the_program(entra.name):
        entra.setLevel(_NOISY[entra.name])
        _Quiet.is_for_them = True
    _Quiet.lives += 1
    try:
        yield
    finally:
        _Quiet.lives -= 1
        if _Quiet.lives == 0 and _Quiet.is_for_them:
            entra.setLevel(logging.NOTSET)
            _Quiet.is_for_them = False


def _not_said_by_the_program(*names: str) -> list[str]:
    """Those that have no level, and are under none of Azure's that has one."""
    said = [name for name in _NOISY if logging.getLogger(name).level != logging.NOTSET]
    return [name for name in names if not any(name == one or name.startswith(f"{one}.") for one in said)]
