"""
For a Python that runs an example: servers stay on loopback, where agents of the library serve their health on every
interface unless told otherwise; and the machine looks idle, since LiveKit has no job for a worker of a busy one.
"""

import asyncio
import time
from typing import Any

import psutil  # type: ignore[import-untyped]

_create = asyncio.BaseEventLoop.create_server


async def _on_loopback(self: asyncio.BaseEventLoop, factory: Any, host: Any = None, *more: Any, **options: Any) -> Any:
    return await _create(self, factory, host or "127.0.0.1", *more, **options)


def _idle(interval: float | None = None) -> float:
    time.sleep(interval or 0.5)
    return 0.0


asyncio.BaseEventLoop.create_server = _on_loopback  # type: ignore[method-assign,assignment]
psutil.cpu_percent = _idle
