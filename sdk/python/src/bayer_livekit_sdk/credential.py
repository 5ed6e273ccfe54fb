"""Entra access tokens, asked for when one is needed. Nothing here keeps one."""

import asyncio
import contextlib
import inspect
import re
import threading
from collections.abc import Callable
from typing import Any

import aiohttp
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity import CredentialUnavailableError
from azure.identity.aio import ClientSecretCredential, DefaultAzureCredential

from .credential_types import TokenCredential
from .errors import AgentError, CredentialNotFound, RegistrationRefused, RegistrationUnavailable, SettingsError
from .secret import Secret, first_line, quoted
from .settings import ClientSecret, Settings
from .transport import proxy_for, said_by

_TIMEOUT_S = 30.0
_SAID = re.compile(r"AADSTS\d+(?:[^\r\n]*?Timestamp: \S+ \S+|[^\r\n]*)")
"""Libraries write before it and behind it; it ends with its time, or with its line."""
NOT_FOUND = "no credential was found: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run `az login`"


class EntraTokens:
    """
    Tokens of the platform's scope, and what a credential's errors mean.

    A credential that is made here is new for each token: one with a cache would go on giving tokens for an hour after
    its secret ran out or its application was disabled. Its own retries are off: whoever asks here retries.
    """

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session

    async def get(self) -> Secret:
        """Raises RegistrationRefused, RegistrationUnavailable, CredentialNotFound or SettingsError."""
        own = self._settings.credential
        secrets = (own.client_secret,) if isinstance(own, ClientSecret) else ()
        credential = self._create(*secrets)
        try:
            answer = await asyncio.wait_for(_ask(credential, self._settings.scope), _TIMEOUT_S)
            return Secret(answer.token)
        except asyncio.TimeoutError:
            reason = f"no answer within {_TIMEOUT_S:.0f} s"
        except Exception as error:
            raise _meaning(error, *secrets) from None
        finally:
            if credential is not own:
                with contextlib.suppress(Exception):
                    await credential.close()  # type: ignore[attr-defined]
        raise RegistrationUnavailable(f"Entra is not reachable: {reason}")

    def _create(self, *secrets: Secret) -> TokenCredential:
        own = self._settings.credential
        if own is not None and not isinstance(own, ClientSecret):
            return own
        options: dict[str, Any] = {
            "transport": _Transport(session=self._session, session_owner=False),
            "retry_total": 0,
        }
        if self._settings.authority is not None:
            options |= {"authority": self._settings.authority, "disable_instance_discovery": True}
        try:
            if own is None:
                return DefaultAzureCredential(**options)
            return ClientSecretCredential(own.tenant_id, own.client_id, own.client_secret.reveal(), **options)
        except ValueError as error:
            problem = f"no credential can be made of AZURE_*: {first_line(error, *secrets)}"
        raise SettingsError([problem])


class _Transport(AioHttpTransport):  # type: ignore[misc]
    """By the environment's proxy, but for what is in the clear: that is this machine's managed identity."""

    async def send(self, request: Any, **options: Any) -> Any:
        proxy = proxy_for(request.url) if request.url.startswith("https:") else {}
        return await super().send(request, **proxy, **options)


async def _ask(credential: TokenCredential, scope: str) -> Any:
    if inspect.iscoroutinefunction(credential.get_token):
        return await credential.get_token(scope)
    answer = await _in_thread(lambda: credential.get_token(scope))
    return await answer if inspect.isawaitable(answer) else answer


async def _in_thread(work: Callable[[], Any]) -> Any:
    """On a thread that never keeps the process from ending, which the threads of an executor would."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: Exception | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="lkps_credential", daemon=True).start()
    return await future


def _meaning(error: Exception, *secrets: Secret) -> AgentError:
    """A code of Entra's is a definite no, unless its status says that the trouble is on its side."""
    status = error.status_code if isinstance(error, HttpResponseError) else None
    busy = status is not None and (status >= 500 or status in (408, 429))
    said = _SAID.search(str(error))
    if said is not None and not busy:
        return RegistrationRefused(f"Entra refuses: {quoted(said[0], *secrets)}")
    if isinstance(error, CredentialUnavailableError):
        return CredentialNotFound(NOT_FOUND)
    if isinstance(error, ClientAuthenticationError) and not busy:
        if "DefaultAzureCredential failed" in str(error):
            return CredentialNotFound(NOT_FOUND)
        return RegistrationRefused(f"Entra refuses: {first_line(error, *secrets)}")
    cause = getattr(error, "inner_exception", None)
    failure = cause if isinstance(cause, aiohttp.ClientResponseError) else error
    return RegistrationUnavailable(f"Entra is not reachable: {said_by(failure, *secrets)}")
