"""Asks a credential, which may be anybody's: whatever it does, whoever waits for it is not kept."""

import asyncio
import contextlib
import inspect
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .credential_types import TokenCredential


@dataclass(frozen=True)
class Outcome:
    """`token` is whatever there is under this name; `error` may be of any kind."""

    token: Any = None
    error: BaseException | None = None


async def ask(credential: TokenCredential, scope: str, timeout_s: float) -> Outcome | None:
    """`None` after the timeout. Then, and where this is cancelled, the credential is cancelled and not waited for."""
    asking = asyncio.ensure_future(_outcome(_token(credential, scope)))
    try:
        await asyncio.wait({asking}, timeout=timeout_s)
        return asking.result() if asking.done() else None
    finally:
        asking.cancel()


async def _outcome(work: Awaitable[Any]) -> Outcome:
    """Also of what would end the process, or would look as if whoever asks was cancelled."""
    try:
        return Outcome(token=await work)
    except BaseException as error:
        return Outcome(error=error)


async def _token(credential: TokenCredential, scope: str) -> Any:
    if inspect.iscoroutinefunction(credential.get_token):
        answer = await credential.get_token(scope)
    else:
        answer = await _in_thread(lambda: credential.get_token(scope))
        answer = await answer if inspect.isawaitable(answer) else answer
    return getattr(answer, "token", None)


async def _in_thread(work: Callable[[], Any]) -> Any:
    """On a thread that never keeps the process from ending, which the threads of an executor would."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if not future.done():
            future.set_result((result, error))

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="lkps_credential", daemon=True).start()
    result, error = await future
    if error is not None:
        raise error
    return result
