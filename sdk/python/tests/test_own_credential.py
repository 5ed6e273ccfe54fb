"""A program's own credential, which may do anything: the agent is told why, and is never kept."""

import asyncio
import functools
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from livekit.agents import JobContext

from bayer_livekit_sdk import RegistrationUnavailable, SettingsError, Worker
from bayer_livekit_sdk import credential as subject
from bayer_livekit_sdk.credential import EntraTokens
from bayer_livekit_sdk.own_loop import run_to_its_end
from bayer_livekit_sdk.settings import Options, read_settings
from test_credential import ENV

Work = Callable[[], Any]


def asynchronous(work: Work) -> Any:
    class Own:
        async def get_token(self, *_: str, **__: object) -> Any:
            answer = work()
            return await answer if asyncio.iscoroutine(answer) else answer

    return Own()


def synchronous(work: Work) -> Any:
    class Own:
        def get_token(self, *_: str, **__: object) -> Any:
            return work()

    return Own()


def tokens(credential: Any) -> EntraTokens:
    return EntraTokens(read_settings(Options(credential=credential), ENV), None)  # type: ignore[arg-type]


def itself(answer: object) -> object:
    return answer


def raising(error: BaseException) -> Work:
    def work() -> None:
        raise error

    return work


class Wordless(Exception):
    def __str__(self) -> str:
        raise RuntimeError


async def entrypoint(_: JobContext) -> None: ...


async def heedless() -> None:
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if released.is_set():
                raise


released = threading.Event()


@pytest.mark.parametrize("kind", [asynchronous, synchronous])
@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (asyncio.CancelledError(), "CancelledError"),
        (SystemExit(3), "3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (GeneratorExit("it is over\nreally"), "it is over"),
        (asyncio.TimeoutError(), "TimeoutError"),
        (Wordless(), "Wordless"),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, BaseException) else "",
)
async def test_whatever_it_raises_is_told_and_may_mend_itself(
    kind: Callable[[Work], Any], error: BaseException, shown: str
) -> None:
    with pytest.raises(RegistrationUnavailable) as failed:
        await asyncio.wait_for(tokens(kind(raising(error))).get(), 60)
    assert str(failed.value) == f"Entra is not reachable: {shown}"
    assert failed.value.__context__ is None


@pytest.mark.parametrize("kind", [asynchronous, synchronous])
@pytest.mark.parametrize("token", [None, 5, b"planted", "", ["planted"]])
async def test_what_is_no_token_is_never_taken_for_one(kind: Callable[[Work], Any], token: object) -> None:
    for answer in (token, SimpleNamespace(token=token)):
        with pytest.raises(RegistrationUnavailable, match=r"^the credential given to Worker gave no token$"):
            await tokens(kind(functools.partial(itself, answer))).get()


async def test_one_that_hangs_and_heeds_no_cancellation_is_left_after_the_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released.clear()
    monkeypatch.setattr(subject, "_TIMEOUT_S", 0.05)
    with pytest.raises(RegistrationUnavailable, match=r"^Entra is not reachable: no answer within 0 s$"):
        await asyncio.wait_for(tokens(asynchronous(heedless)).get(), 60)
    released.set()


async def test_whoever_waits_for_one_that_heeds_no_cancellation_can_be_cancelled() -> None:
    released.clear()
    asking = asyncio.ensure_future(tokens(asynchronous(heedless)).get())
    await asyncio.sleep(0.05)
    asking.cancel()
    await asyncio.wait({asking}, timeout=60)
    released.set()
    assert asking.cancelled()


async def test_a_cancellation_reaches_one_that_heeds_it() -> None:
    heard: list[str] = []

    async def heedful() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise

    asking = asyncio.ensure_future(tokens(asynchronous(heedful)).get())
    await asyncio.sleep(0.05)
    asking.cancel()
    await asyncio.wait({asking}, timeout=60)
    await asyncio.sleep(0)
    assert heard == ["cancelled"]


@pytest.mark.parametrize("kind", [asynchronous, synchronous])
def test_a_stop_ends_the_agent_also_while_one_hangs_that_heeds_nothing(
    kind: Callable[[Work], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    released.clear()
    asked = threading.Event()

    def hang() -> Any:
        asked.set()
        return heedless() if kind is asynchronous else released.wait(60)

    monkeypatch.setattr("bayer_livekit_sdk.own_loop._STUBBORN_S", 0.1)
    worker = Worker(url="http://127.0.0.1:9", scope="api://lkps/.default", credential=kind(hang), start_timeout=60)
    worker.rtc_session(entrypoint)
    ended: list[str] = []

    async def live() -> None:
        serving = asyncio.ensure_future(worker.serve())
        while not (asked.is_set() or serving.done()):
            await asyncio.sleep(0.01)
        worker.stop()
        await serving
        ended.append("serving")

    ending = threading.Thread(target=run_to_its_end, args=(live(),), daemon=True)
    ending.start()
    ending.join(30)
    hangs = ending.is_alive()
    released.set()
    assert (ended, hangs) == (["serving"], False)


class Own:
    async def get_token(self, *_: str, **__: object) -> Any: ...


class Falsy(Own):
    def __bool__(self) -> bool:
        return False


@pytest.mark.parametrize("credential", [Own, object(), "planted", "", 0, type("It", (), {"get_token": "planted"})()])
def test_what_cannot_give_a_token_is_refused_at_construction(credential: Any) -> None:
    with pytest.raises(SettingsError) as refused:
        Worker(credential=credential)
    assert refused.value.problems == ("the option credential is not accepted: it has no get_token()",)


def test_one_that_is_falsy_is_one_all_the_same() -> None:
    own = Falsy()
    Worker(credential=own)
    assert read_settings(Options(credential=own), ENV).credential is own
