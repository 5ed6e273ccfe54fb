"""The connection to the agent gateway, as the worker library sees it: an HTTP session that knows the newest token."""

import asyncio
import ssl
from typing import Any, NoReturn

import aiohttp

from . import gateway_socket
from .answer import Registration
from .clock import Clock
from .gateway_socket import GatewayClosed, GatewaySilent, GatewaySocket
from .keeper import Keeper
from .loss import Loss, Pace
from .secret import Secret, first_line
from .transport import by_proxy, said_by

_UNACCEPTED = (401, 403)


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
            deadline_s = asyncio.get_running_loop().time() + gateway_socket.REGISTRATION_S
            opening = self._session.ws_connect(f"{registration.livekit_url.rstrip('/')}/agent", **options)
            socket = await asyncio.wait_for(opening, gateway_socket.REGISTRATION_S)
        except aiohttp.WSServerHandshakeError as error:
            failure: Exception = GatewayRefused(error.status)
        except asyncio.TimeoutError:
            failure = GatewaySilent()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = GatewayUnreachable(said_by(error, registration.token))
        else:
            self._pace.connected()
            self._socket = GatewaySocket(socket, registration.token, deadline_s)
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


def _no_redirects() -> aiohttp.TraceConfig:
    """A redirect would take the token along. `ws_connect` knows no option against it."""

    async def stay(_session: object, _context: object, redirect: aiohttp.TraceRequestRedirectParams) -> NoReturn:
        redirect.response.close()
        raise GatewayRefused(redirect.response.status)

    config = aiohttp.TraceConfig()
    config.on_request_redirect.append(stay)
    config.freeze()
    return config
