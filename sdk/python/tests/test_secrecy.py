"""Planted secrets are in no text that anything here makes of itself."""

import asyncio
import copy
import pickle
import traceback
from datetime import datetime, timezone
from typing import Any, cast

import pytest
from azure.core.exceptions import ClientAuthenticationError

from bayer_livekit_sdk import AgentError, SettingsError, Worker
from bayer_livekit_sdk.answer import Question, Registration, read_answer
from bayer_livekit_sdk.clock import SystemClock
from bayer_livekit_sdk.credential import EntraTokens
from bayer_livekit_sdk.events import Events
from bayer_livekit_sdk.keeper import Keeper
from bayer_livekit_sdk.life import _reason
from bayer_livekit_sdk.secret import Secret, quoted
from bayer_livekit_sdk.settings import Options, Settings, read_settings

CLIENT_SECRET = "planted~client~secret"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoidG9rZW4ifQ.cGxhbnRlZHNpZ25hdHVyZQ"
ENV = {
    "LKPS_REGION": "eu",
    "LKPS_ENV": "np",
    "AZURE_TENANT_ID": "7c6f0d9e-0f4d-4f5e-9f65-6a3d1a2b3c4d",
    "AZURE_CLIENT_ID": "11111111-2222-4333-8444-555555555555",
    "AZURE_CLIENT_SECRET": CLIENT_SECRET,
}


def settings() -> Settings:
    return read_settings(Options(), ENV)


def registration() -> Registration:
    return Registration(Secret(TOKEN), "wss://g", "name", "2026-11-21T13:00:00Z", "eu", 1000, "r1")


def texts_of(thing: object) -> str:
    return f"{thing} {thing!r} {vars(thing) if hasattr(thing, '__dict__') else ''}"


async def test_no_object_that_holds_a_secret_shows_it() -> None:
    async def ask() -> Registration:
        return registration()

    keeper = Keeper(ask, SystemClock(), Events())
    await keeper.start(0)
    held = (settings(), settings().credential, registration(), keeper, Secret(TOKEN))
    said = " ".join(texts_of(thing) for thing in held)
    assert TOKEN not in said
    assert CLIENT_SECRET not in said


def test_a_secret_is_neither_pickled_nor_copied() -> None:
    for leave in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leave(Secret(TOKEN))


@pytest.mark.parametrize("status", [200, 401, 403, 422, 503])
def test_no_error_about_an_answer_repeats_what_is_in_it(status: int) -> None:
    body = f'{{"token": "{TOKEN}", "livekit_url": "{TOKEN}", "code": "{TOKEN}", "title": "{TOKEN}"}}'.encode()
    question = Question("https://lkps.example/api/agent/register", "s", None, "r1")
    with pytest.raises(AgentError) as failed:
        read_answer(question, status, {"retry-after": TOKEN, "date": TOKEN}, body, datetime.now(timezone.utc))
    assert TOKEN not in "".join(traceback.format_exception(failed.value))


@pytest.mark.parametrize(
    "error",
    [
        ClientAuthenticationError(message=f"AADSTS7000215: {CLIENT_SECRET} {TOKEN}"),
        ClientAuthenticationError(message=f"no code: {CLIENT_SECRET} {TOKEN}"),
        RuntimeError(f"{CLIENT_SECRET} {TOKEN}"),
    ],
)
async def test_no_error_of_the_credential_carries_on_what_it_holds(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        async def get_token(self, *_: str, **__: object) -> None:
            raise error

    tokens = EntraTokens(settings(), None)  # type: ignore[arg-type]
    monkeypatch.setattr(tokens, "_create", lambda *_: Failing())
    with pytest.raises(AgentError) as failed:
        await tokens.get()
    shown = "".join(traceback.format_exception(failed.value))
    assert TOKEN not in shown
    assert CLIENT_SECRET not in shown


async def test_a_renewal_that_fails_as_nobody_thought_is_told_without_what_its_error_holds() -> None:
    async def fail() -> None:
        raise KeyError(f"{TOKEN}\nand http://me:{CLIENT_SECRET}@proxy")

    renewing = asyncio.ensure_future(fail())
    stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    await asyncio.wait({renewing})
    error = _reason(cast(Any, None), stopped, renewing, stopped)  # type: ignore[arg-type]
    assert str(error) == "the renewal failed: KeyError: '[redacted]\\nand http://[redacted]@proxy'"


def test_an_address_that_is_wrong_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(Options(), {"LKPS_URL": f"https://me:{CLIENT_SECRET}@lkps", "LKPS_SCOPE": "a/.default"})
    assert CLIENT_SECRET not in str(refused.value)


def test_a_key_given_to_the_worker_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        Worker(api_key="planted-key", api_secret=CLIENT_SECRET)
    assert CLIENT_SECRET not in "".join(traceback.format_exception(refused.value, limit=0))
    assert "planted-key" not in str(refused.value)


def test_anything_of_the_shape_of_a_token_is_cut_out_of_foreign_text() -> None:
    assert quoted(f"a {TOKEN} b") == "a [redacted] b"
    assert quoted("int.bayer.com is no token") == "int.bayer.com is no token"
