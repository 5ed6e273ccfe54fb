"""Entra access tokens, asked for when one is needed. Nothing here keeps one."""

import contextlib
from typing import Any

import aiohttp
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ClientSecretCredential, DefaultAzureCredential

from .asking import Outcome, ask
from .credential_types import TokenCredential
from .entra_failure import Hearing, meaning_of_answer, meaning_of_error
from .errors import AgentError, RegistrationUnavailable, SettingsError
from .secret import Secret, first_line
from .settings import ClientSecret, Settings
from .transport import proxy_for

_TIMEOUT_S = 30.0
_NO_TOKEN = "the credential given to Worker gave no token"


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
        hearing = Hearing()
        credential = self._create(hearing, *secrets)
        try:
            outcome = await ask(credential, self._settings.scope, _TIMEOUT_S)
        finally:
            if credential is not own:
                with contextlib.suppress(Exception):
                    await credential.close()  # type: ignore[attr-defined]
        if outcome is not None and isinstance(outcome.token, str) and outcome.token:
            return Secret(outcome.token)
        raise _failure(outcome, hearing, *secrets)

    def _create(self, hearing: Hearing, *secrets: Secret) -> TokenCredential:
        own = self._settings.credential
        if own is not None and not isinstance(own, ClientSecret):
            return own
        options: dict[str, Any] = {
            "transport": _Transport(session=self._session, session_owner=False),
            "retry_total": 0,
            "raw_response_hook": hearing.hear,
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


def _failure(outcome: Outcome | None, hearing: Hearing, *secrets: Secret) -> AgentError:
    if outcome is None:
        return RegistrationUnavailable(f"Entra is not reachable: no answer within {_TIMEOUT_S:.0f} s")
    if hearing.newest is not None:
        return meaning_of_answer(hearing.newest, *secrets)
    if outcome.error is not None:
        return meaning_of_error(outcome.error, *secrets)
    return RegistrationUnavailable(_NO_TOKEN)
