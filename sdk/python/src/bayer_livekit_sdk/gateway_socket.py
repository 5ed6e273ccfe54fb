"""One WebSocket of the agent gateway, held to what the worker library takes for granted."""

import asyncio
import contextlib
from typing import Any

import aiohttp

from .secret import Secret, quoted

REGISTRATION_S = 20.0
"""From the first byte to the worker's registration: the gateway itself waits for LiveKit in between."""
_CLOSE_S = 2.0
"""For the gateway to agree to a close."""
_PROTOCOL_ERROR = 1002
_ABNORMAL = 1006
_OVER = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


class GatewayClosed(Exception):
    """The gateway closed the connection, or this side had to, with this code of the WebSocket protocol."""

    def __init__(self, code: int, reason: str, *secrets: Secret) -> None:
        said = quoted(reason, *secrets)
        super().__init__(f"closed with {code}{f' {said}' if said else ''}")
        self.code = code


class GatewaySilent(Exception):
    """The gateway took the connection, or not even that, and did not register the worker."""

    def __init__(self) -> None:
        super().__init__(f"the gateway did not register the worker within {REGISTRATION_S:g} s")


class GatewaySocket:
    """Says why it was closed. `deadline_s` of the event loop's clock: until then the worker has to be registered."""

    def __init__(self, socket: "aiohttp.ClientWebSocketResponse[Any]", token: Secret, deadline_s: float) -> None:
        self._socket = socket
        self._token = token
        self._deadline_s = deadline_s

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    async def receive(self, *args: Any, **options: Any) -> aiohttp.WSMessage:
        message = await self._socket.receive(*args, **options)
        if message.type in _OVER:
            reason = message.extra if message.type is aiohttp.WSMsgType.CLOSE else None
            raise GatewayClosed(self._socket.close_code or _ABNORMAL, reason or "", self._token)
        if message.type is not aiohttp.WSMsgType.BINARY:
            await self.close(code=_PROTOCOL_ERROR)
            raise GatewayClosed(_PROTOCOL_ERROR, "a text frame")
        return message

    async def receive_bytes(self) -> bytes:
        """The worker's registration: the worker library reads all else by `receive()`."""
        left_s = self._deadline_s - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(self.receive(), max(0.0, left_s))
        except asyncio.TimeoutError:
            pass
        else:
            return bytes(message.data)
        raise GatewaySilent

    async def close(self, **options: Any) -> bool:
        """Not longer than that, whatever the gateway does."""
        with contextlib.suppress(asyncio.TimeoutError):
            return await asyncio.wait_for(self._socket.close(**options), _CLOSE_S)
        return True
