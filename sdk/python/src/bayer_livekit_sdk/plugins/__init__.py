"""
Every plugin of LiveKit Agents: `from bayer_livekit_sdk.plugins import openai` is `livekit.plugins.openai`.

One that is not installed is falsy, and says on use what to install. What needs a LiveKit API key is blocked.
"""

from typing import TYPE_CHECKING, Any

from .._blocked import install_blocks
from ._catalogue import extras
from ._imports import install_finder, installed, plugin
from ._missing import MissingPluginError

__all__ = ["MissingPluginError"]

install_blocks()
install_finder()


if TYPE_CHECKING:
    from ._types import *  # noqa: F403


def __getattr__(name: str) -> Any:
    return plugin(name)


def __dir__() -> list[str]:
    return sorted({*__all__, *extras(), *installed()})
