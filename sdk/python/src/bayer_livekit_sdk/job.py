"""What is done in every job process before anything of the agent's runs there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from livekit.agents import JobProcess

from ._blocked import install_blocks
from .environment import remove_variables
from .lost_room import watch_rooms

Setup = Callable[[JobProcess], Any]


@dataclass(frozen=True)
class JobSetup:
    """Crosses the process boundary (pickled by reference), and then calls the agent's own setup."""

    own: Setup | None

    def __call__(self, process: JobProcess) -> Any:
        prepare()
        return None if self.own is None else self.own(process)


def prepare() -> None:
    """A `.env` file, read again when the agent's file was imported here, may have brought variables back."""
    remove_variables()
    install_blocks()
    watch_rooms()
