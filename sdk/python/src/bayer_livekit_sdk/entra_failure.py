"""What it means that there is no access token: what Entra answered, and what a credential raised."""

import json
import re
from dataclasses import dataclass
from typing import Any

import aiohttp
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import CredentialUnavailableError

from .errors import AgentError, CredentialNotFound, RegistrationRefused, RegistrationUnavailable
from .secret import Secret, first_line, quoted, words_of
from .transport import said_by

NOT_FOUND = "no credential was found: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run `az login`"
_SAID = re.compile(r"AADSTS\d+(?:[^\r\n]*?Timestamp: [0-9-]+ [0-9:.]+Z|[^\r\n]*)")
"""Libraries write before it and behind it; it ends with its time, or with its line."""
_REFUSALS = (
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "access_denied",
    "invalid_resource",
)
"""The errors of OAuth that asking again cannot mend."""
_REFUSAL = re.compile(rf"\b(?:{'|'.join(_REFUSALS)})\b")


@dataclass(frozen=True)
class Answer:
    """One of a token endpoint, which the library hands on in words of its own, or not at all."""

    status: int
    error: str = ""
    description: str = ""


class Hearing:
    """Notes what is answered over TLS. In the clear is this machine's own identity service, and not Entra."""

    newest: Answer | None = None

    def hear(self, heard: Any) -> None:
        """The `raw_response_hook` of Azure's libraries."""
        response = heard.http_response
        if heard.http_request.url.startswith("https:"):
            said = _json(response)
            error, description = said.get("error"), said.get("error_description")
            self.newest = Answer(response.status_code, _text(error), _text(description))


def meaning_of_answer(answer: Answer, *secrets: Secret) -> AgentError:
    """A definite no is one of Entra's own, unless its status says that the trouble is on its side."""
    said = _SAID.search(answer.description)
    if not _is_busy(answer.status):
        if said is not None:
            return RegistrationRefused(f"Entra refuses: {quoted(said[0], *secrets)}")
        if answer.error in _REFUSALS:
            return RegistrationRefused(f"Entra refuses: {answer.error}")
    shown = f"HTTP {answer.status}" if said is None else quoted(said[0], *secrets)
    return RegistrationUnavailable(f"Entra is not reachable: {shown}")


def meaning_of_error(error: BaseException, *secrets: Secret) -> AgentError:
    """Where no answer was heard: there was none, or the credential is the program's own."""
    words = first_line(error, *secrets)
    text = words_of(error)
    status = error.status_code if isinstance(error, HttpResponseError) else None
    if not _is_busy(status):
        said = _SAID.search(text)
        if said is not None:
            return RegistrationRefused(f"Entra refuses: {quoted(said[0], *secrets)}")
        if isinstance(error, CredentialUnavailableError) or "DefaultAzureCredential failed" in text:
            return CredentialNotFound(NOT_FOUND)
        if isinstance(error, ClientAuthenticationError) and _REFUSAL.search(words):
            return RegistrationRefused(f"Entra refuses: {words}")
    cause = getattr(error, "inner_exception", None)
    failure = cause if isinstance(cause, aiohttp.ClientResponseError) else error
    return RegistrationUnavailable(f"Entra is not reachable: {said_by(failure, *secrets)}")


def _is_busy(status: int | None) -> bool:
    return status is not None and (status >= 500 or status in (408, 429))


def _json(response: Any) -> dict[str, Any]:
    try:
        body = json.loads(response.text())
    except Exception:  # nothing that is JSON, in whatever way
        return {}
    return body if isinstance(body, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
