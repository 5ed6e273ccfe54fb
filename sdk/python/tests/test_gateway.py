"""The connection to the agent gateway, without the worker library."""

import asyncio
import ssl
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bayer_livekit_sdk.answer import Registration
from bayer_livekit_sdk.clock import SystemClock
from bayer_livekit_sdk.events import Events
from bayer_livekit_sdk.gateway import GatewayRefused, GatewaySession, GatewayUnreachable
from bayer_livekit_sdk.gateway_socket import GatewayClosed
from bayer_livekit_sdk.keeper import Keeper
from bayer_livekit_sdk.secret import Secret
from played_platform import NAME, PlayedPlatform, played_platform
from played_servers import closed_port, untrusted_server

TOKEN = "planted-token-of-the-agent"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoidG9rZW4ifQ.cGxhbnRlZHNpZ25hdHVyZQ"


@asynccontextmanager
async def gateway_at(livekit_url: str) -> AsyncIterator[GatewaySession]:
    async def ask() -> Registration:
        return Registration(Secret(TOKEN), livekit_url, NAME, "2026-11-21T13:00:00Z", "eu", 3_600_000.0, "r1")

    keeper = Keeper(ask, SystemClock(), Events())
    await keeper.start(0)
    async with aiohttp.ClientSession() as session:
        yield GatewaySession(session, keeper, ssl.create_default_context(), SystemClock())


def websocket_of(platform: PlayedPlatform) -> str:
    return platform.url.replace("http", "ws")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_follows_no_redirect(status: int) -> None:
    async with played_platform() as platform, gateway_at(websocket_of(platform)) as gateway:
        asked: list[str] = []

        async def elsewhere(request: web.Request) -> web.StreamResponse:
            asked.append(request.path_qs)
            return web.Response(status=status, headers={"location": f"{platform.url}/agent?elsewhere"})

        platform.on_worker = elsewhere
        with pytest.raises(GatewayRefused) as refused:
            await gateway.ws_connect("wss://of-no-use")
        assert gateway.lost(refused.value, 0)[0].reason == f"the gateway answered HTTP {status}"
        assert asked == ["/agent"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("agent_revoked", "closed with 1008 agent_revoked"),
        (f"bad {TOKEN} of yours", "closed with 1008 bad [redacted] of yours"),
        (f"no {JWT}"[:123], "closed with 1008 no [redacted]"),
        (f"no {JWT}"[:40], "closed with 1008 no [redacted]"),
        ("\x1b[2Jgone\nthere", "closed with 1008 [2Jgone"),
        ("", "closed with 1008"),
    ],
)
async def test_a_close_is_shown_by_its_reason_without_token_and_controls(said: str, shown: str) -> None:
    async with played_platform() as platform, gateway_at(websocket_of(platform)) as gateway:

        async def closes(request: web.Request) -> web.StreamResponse:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.close(code=1008, message=said.encode())
            return socket

        platform.on_worker = closes
        socket = await gateway.ws_connect("wss://of-no-use")
        with pytest.raises(GatewayClosed) as closed:
            await socket.receive()
        assert str(closed.value) == shown
        assert gateway.lost(closed.value, 0)[0].reason == shown


async def test_whatever_else_ends_a_connection_is_shown_without_the_token() -> None:
    async with played_platform() as platform, gateway_at(websocket_of(platform)) as gateway:

        async def takes(request: web.Request) -> web.StreamResponse:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.receive()
            return socket

        platform.on_worker = takes
        await gateway.ws_connect("wss://of-no-use")
        assert gateway.lost(RuntimeError(f"it said {TOKEN}\nand more"), 0)[0].reason == "it said [redacted]"


async def test_a_gateway_that_cannot_be_reached_fails_without_a_cause_that_holds_the_token(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with untrusted_server(tmp_path_factory.mktemp("tls")) as untrusted:
        for url in (f"wss://{await closed_port()}", untrusted.replace("https", "wss")):
            async with gateway_at(url) as gateway:
                with pytest.raises(GatewayUnreachable, match="Cannot connect to host") as failed:
                    await asyncio.wait_for(gateway.ws_connect("wss://of-no-use"), 60)
            assert failed.value.__cause__ is None
            assert failed.value.__context__ is None
            assert TOKEN not in "".join(traceback.format_exception(failed.value))
