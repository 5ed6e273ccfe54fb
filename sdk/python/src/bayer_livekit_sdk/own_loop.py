"""The event loop of an agent that has a process to itself."""

import asyncio
from collections.abc import Coroutine
from typing import Any

_STUBBORN_S = 5.0


def run_to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """As `asyncio.run()`, which would wait for ever for a task that heeds no cancellation, such as a credential's."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(work)
    finally:
        loop.run_until_complete(_cancel_all())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=_STUBBORN_S)
