"""Ctrl-C while a job process is being started."""

import asyncio
import contextlib
import signal
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import resource_tracker

from livekit.agents.ipc import supervised_proc


def keep_interrupts() -> None:
    """
    Upstream ignores SIGINT in the whole process while it starts a child, so that the child ignores it too: a Ctrl-C
    in those seconds is lost. Here the threads that start children block it instead, and hand that down to them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        return
    supervised_proc._mask_ctrl_c = contextlib.nullcontext  # type: ignore[assignment]
    executor = ThreadPoolExecutor(thread_name_prefix="asyncio", initializer=_block_interrupts)
    asyncio.get_running_loop().set_default_executor(executor)


def _block_interrupts() -> None:
    """The first child of all starts this tracker, which unblocks SIGINT in the thread that does it."""
    resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
