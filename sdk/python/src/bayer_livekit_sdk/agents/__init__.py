"""Everything that `livekit.agents` exports, the same objects, and `Worker`."""

from typing import TYPE_CHECKING, Any

from livekit import agents as _upstream
from livekit.agents import *

from ..worker import Worker as Worker

__all__ = ["Worker"]
__all__ += _upstream.__all__

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """What upstream has besides what it exports."""
        return getattr(_upstream, name)
