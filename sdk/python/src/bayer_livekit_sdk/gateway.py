"""The connection to the agent gateway, as the worker library sees it: an HTTP session that knows the newest token."""

import asyncio
import ssl
from typing import Any, NoReturn

import aiohttp

from .answer import Registration
from .clock import Clock
from .keeper import Keeper
from .loss import Loss, Pace
from .secret import Secret, first_line, quoted
from .transport import by_proxy, said_by

_PROTOCOL_ERROR = 1002
_ABNORMAL = 1006
_OVER = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
_UNACCEPTED = (401, 403)


class GatewayClosed(Exception):
    """The gateway closed the connection, with this code of the WebSocket protocol."""

    def __init__(self, code: int, reason: str, *secrets: Secret) -> None:
        said = quoted(reason, *secrets)
        super().__init__(f"closed with {code}{f' {said}' if said else ''}")
        self.code = code


class GatewayRefused(Exception):
    """The gateway answered the connection with an HTTP status. Raised without its cause, which holds the token."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the gateway answered HTTP {status}")
        self.status = status


class GatewayUnreachable(Exception):
    """There is no connection. Raised without its cause, which holds the token and the proxy's password."""


class GatewaySession:
    """
    Stands where the worker library has its `ClientSession`.

    Every connection is made to the newest address with the newest token, and not before it is time for it.
    """

    def __init__(self, session: aiohttp.ClientSession, keeper: Keeper, tls: ssl.SSLContext, clock: Clock) -> None:
        self._session = session
        self._keeper = keeper
        self._tls = tls
        self._clock = clock
        self._pace = Pace(clock)
        self._socket: GatewaySocket | None = None
        self._used: Registration | None = None
        self._pause_ms = 0.0
        session.trace_configs.append(_no_redirects())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    async def ws_connect(self, _url: str, **options: Any) -> "GatewaySocket":
        pause_ms, self._pause_ms = self._pause_ms, 0.0
        await self._clock.sleep_ms(pause_ms)
        self._used = registration = await self._keeper.usable()
        bearer = {"Authorization": f"Bearer {registration.token.reveal()}"}
        options = {**options, "headers": {**options.get("headers", {}), **bearer}, "ssl": self._tls}
        try:
            options |= by_proxy(options.get("proxy"))
            socket = await self._session.ws_connect(f"{registration.livekit_url.rstrip('/')}/agent", **options)
        except aiohttp.WSServerHandshakeError as error:
            failure: Exception = GatewayRefused(error.status)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            failure = GatewayUnreachable(said_by(error, registration.token))
        else:
            self._pace.connected()
            self._socket = GatewaySocket(socket, registration.token)
            return self._socket
        raise failure

    def lost(self, error: BaseException | None, waits_ms: float) -> tuple[Loss, bool]:
        """
        Why there is no connection, and whether a new token is on its way because this one is not accepted.

        The worker library waits `waits_ms` in any case before it connects again.
        """
        unaccepted = isinstance(error, GatewayRefused) and error.status in _UNACCEPTED
        reason = "no reason" if error is None else first_line(error, *self._secrets)
        loss = self._pace.lost(self._code_of(error), reason, waits_ms, is_refusal=unaccepted)
        self._pause_ms = loss.retry_in_ms - waits_ms
        is_renewing = loss.kind == "refused" and self._used is not None and self._keeper.rejected(self._used)
        return loss, is_renewing

    @property
    def _secrets(self) -> tuple[Secret, ...]:
        return () if self._used is None else (self._used.token,)

    def _code_of(self, error: BaseException | None) -> int | None:
        """Where it is sending that failed first, the socket may know the close code."""
        socket, self._socket = self._socket, None
        if isinstance(error, GatewayClosed):
            return error.code
        return None if socket is None else socket.close_code


class GatewaySocket:
    """The WebSocket, which says why it was closed."""

    def __init__(self, socket: "aiohttp.ClientWebSocketResponse[Any]", token: Secret) -> None:
        self._socket = socket
        self._token = token

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    async def receive(self, *args: Any, **options: Any) -> aiohttp.WSMessage:
        message = await self._socket.receive(*args, **options)
        if message.type in _OVER:
            reason = message.extra if message.type is aiohttp.WSMsgType.CLOSE else None
            raise GatewayClosed(self._socket.close_code or _ABNORMAL, reason or "", self._token)
        return message

    async def receive_bytes(self) -> bytes:
        message = await self.receive()
        if not isinstance(message.data, bytes):
            raise GatewayClosed(_PROTOCOL_ERROR, "a text frame")
        return message.data


def _no_redirects() -> aiohttp.TraceConfig:
    """A redirect would take the token along. `ws_connect` knows no option against it."""

    async def stay(_session: object, _context: object, redirect: aiohttp.TraceRequestRedirectParams) -> NoReturn:
        redirect.response.close()
        raise GatewayRefused(redirect.response.status)

    config = aiohttp.TraceConfig()
    config.on_request_redirect.append(stay)
    config.freeze()
    return config
