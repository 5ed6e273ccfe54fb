"""A tiny edge and agent gateway on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone

from aiohttp import WSMsgType, web
from livekit.protocol import agent

NAME = "11111111-2222-4333-8444-555555555555"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PlayedPlatform:
    """Registers everybody and takes every worker, unless told otherwise."""

    def __init__(self) -> None:
        self.url = ""
        self.registrations: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.workers: list[tuple[str, agent.RegisterWorkerRequest]] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.on_register: Handler = self.register
        self.on_worker: Handler = self.take_worker
        self.life_s = 3600.0

    async def register(self, _: web.Request) -> web.StreamResponse:
        expires = datetime.now(timezone.utc) + timedelta(seconds=self.life_s)
        return web.json_response(
            {
                "token": f"token-{len(self.registrations)}",
                "livekit_url": self.url.replace("http", "ws"),
                "agent_name": NAME,
                "expires_at": expires.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "region": "eu",
            }
        )

    async def take_worker(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        message = agent.WorkerMessage.FromString(await socket.receive_bytes())
        answer = agent.ServerMessage(register=agent.RegisterWorkerResponse(worker_id=f"W{len(self.workers) + 1}"))
        await socket.send_bytes(answer.SerializeToString())
        self.sockets.append(socket)
        self.workers.append((request.headers["Authorization"], message.register))
        while (await socket.receive()).type is WSMsgType.BINARY:
            pass
        return socket

    async def answer_registration(self, request: web.Request) -> web.StreamResponse:
        self.registrations.append(request)
        self.bodies.append(await request.read())
        return await self.on_register(request)

    async def answer_worker(self, request: web.Request) -> web.StreamResponse:
        return await self.on_worker(request)


@asynccontextmanager
async def played_platform() -> AsyncIterator[PlayedPlatform]:
    platform = PlayedPlatform()
    app = web.Application()
    app.router.add_post("/api/agent/register", platform.answer_registration)
    app.router.add_get("/agent", platform.answer_worker)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    platform.url = f"http://{host}:{port}"
    try:
        yield platform
    finally:
        await runner.cleanup()


async def forever(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3600)
    return web.Response()


def refusing(status: int, code: str | None = None) -> Handler:
    async def refuse(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status) if code is None else web.json_response({"code": code}, status=status)

    return refuse
