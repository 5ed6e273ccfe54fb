"""Entra's token, then the platform's registration."""

import ssl
import time
from types import TracebackType

import aiohttp

from .answer import Registration
from .credential import EntraTokens
from .events import Events
from .registration import register
from .settings import Settings


class Registrar:
    """Holds the connections that this takes; `async with` closes them."""

    def __init__(self, settings: Settings, events: Events, tls: ssl.SSLContext) -> None:
        self._settings = settings
        self._events = events
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=tls), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )
        self._tokens = EntraTokens(settings, self._session)
        self.took_ms = 0
        """What the platform took for the newest answer."""

    async def __aenter__(self) -> "Registrar":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def register(self) -> Registration:
        """One try. Raises AgentError."""
        asked = time.monotonic()
        token = await self._tokens.get()
        got = time.monotonic()
        self._events.emit("access_token", ms=round((got - asked) * 1000))
        registration = await register(self._settings, self._session, token)
        self.took_ms = round((time.monotonic() - got) * 1000)
        return registration
