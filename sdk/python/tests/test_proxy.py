"""The environment's proxy: it is used throughout, and its password is in no error."""

import ssl
import traceback
from base64 import b64encode
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from bayer_livekit_sdk.answer import Registration
from bayer_livekit_sdk.clock import SystemClock
from bayer_livekit_sdk.credential import EntraTokens
from bayer_livekit_sdk.events import Events
from bayer_livekit_sdk.gateway import GatewaySession
from bayer_livekit_sdk.keeper import Keeper
from bayer_livekit_sdk.registration import register
from bayer_livekit_sdk.secret import Secret
from bayer_livekit_sdk.settings import Options, read_settings
from bayer_livekit_sdk.transport import WrongProxy, by_proxy
from played_servers import played_proxy
from test_keeper import good

ENV = {
    "LKPS_URL": "https://lkps.example",
    "LKPS_SCOPE": "api://lkps/.default",
    "AZURE_TENANT_ID": "7c6f0d9e-0f4d-4f5e-9f65-6a3d1a2b3c4d",
    "AZURE_CLIENT_ID": "11111111-2222-4333-8444-555555555555",
    "AZURE_CLIENT_SECRET": "s3cret",
    "AZURE_AUTHORITY_HOST": "https://login.example",
}
SETTINGS = read_settings(Options(), ENV)


async def at_entra(session: aiohttp.ClientSession, _: str) -> None:
    await EntraTokens(SETTINGS, session).get()


async def at_the_platform(session: aiohttp.ClientSession, _: str) -> None:
    await register(SETTINGS, session, Secret("entra-token"))


async def at_the_gateway(session: aiohttp.ClientSession, proxy: str) -> None:
    keeper = Keeper(answered, SystemClock(), Events())
    await keeper.start(0)
    gateway = GatewaySession(session, keeper, ssl.create_default_context(), SystemClock())
    try:
        await gateway.ws_connect("wss://of-no-use", proxy=proxy)
    except Exception as error:
        raise RuntimeError(gateway.lost(error, 0)[0].reason) from error


async def answered() -> Registration:
    return good()()


Ask = Callable[[aiohttp.ClientSession, str], Awaitable[None]]
ASKED = {"login.example": at_entra, "lkps.example": at_the_platform, "gateway.example": at_the_gateway}


@pytest.mark.parametrize(("host", "ask"), ASKED.items(), ids=ASKED)
async def test_its_password_reaches_it_and_no_error_or_log(
    host: str, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with played_proxy() as (address, asked), aiohttp.ClientSession() as session:
        proxy = f"http://me:pl%40nted@{address}"
        monkeypatch.setenv("https_proxy", proxy)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(Exception, match="the proxy answered HTTP 407") as failed:
            await ask(session, proxy)
    assert asked[0].startswith(f"CONNECT {host}:443 ")
    assert f"Proxy-Authorization: Basic {b64encode(b'me:pl@nted').decode()}" in asked[0]
    shown = "".join(traceback.format_exception(failed.value)) + caplog.text
    assert "nted" not in shown
    assert "me:" not in shown


@pytest.mark.parametrize("proxy", ["127.0.0.1:3128", "socks5://me:planted@x:1", "http://me:pla/nted@x", "http://"])
async def test_one_that_cannot_be_used_is_not_repeated(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongProxy) as failed:
        by_proxy(proxy)
    assert "nted" not in "".join(traceback.format_exception(failed.value))
    monkeypatch.setenv("https_proxy", proxy)
    async with aiohttp.ClientSession() as session:
        for ask in ASKED.values():
            with pytest.raises(Exception, match="the proxy's address is not of the form") as refused:
                await ask(session, proxy)
            assert "nted" not in "".join(traceback.format_exception(refused.value))
