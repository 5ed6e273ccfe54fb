"""How an answer to a registration is read."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from .address import read_address
from .errors import RegistrationRefused, RegistrationUnavailable
from .secret import Secret

_LONGEST_WAIT_MS = 60_000
_SHORTEST_LIFE_MS = 5_000.0
_LONGEST_LIFE_MS = 86_400_000.0
_TRANSIENT = (408, 425, 429)
_REFUSALS = {
    "agent_revoked": (
        "this agent was revoked by the platform's operators: it gets no token and no session until they restore it"
    ),
    "service_principal_required": (
        "an agent registers as an application here, not as a person: use a client secret, a managed identity or a "
        "workload identity of its app registration"
    ),
    "role_required": "the application does not have the app role that the platform requires",
    "forbidden_field": "the platform does not permit this agent to declare itself open to every client",
}
_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_AGENT_NAME = rf"{_GUID}(?:\.{_GUID})?"
_REGION = r"[a-z][a-z0-9-]{0,31}"
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Registration:
    """`life_ms`: from the moment it was asked for to its expiry, by the platform's own clock; a day at most."""

    token: Secret = field(repr=False)
    livekit_url: str
    agent_name: str
    expires_at: str
    region: str
    life_ms: float
    request_id: str


@dataclass(frozen=True)
class Question:
    """What was asked, as far as answers are read by it."""

    register_url: str
    scope: str
    region: str | None
    request_id: str


def read_answer(
    question: Question, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> Registration:
    """`now` counts only where the answer has no date. Raises RegistrationRefused or RegistrationUnavailable."""
    if 200 <= status < 300:
        return _registration(question, status, headers, body, now)
    code = _code(body)
    about = f"(HTTP {status}{f' {code}' if code else ''}, request {question.request_id})"
    if status >= 500 or status in _TRANSIENT:
        message = f"the platform takes no registration at the moment {about}"
        raise RegistrationUnavailable(message, _retry_after_ms(headers))
    raise RegistrationRefused(f"{_refusal(question, status, code)} {about}")


def _refusal(question: Question, status: int, code: str | None) -> str:
    if code in _REFUSALS:
        return _REFUSALS[code]
    if status == 401:
        return (
            f"the platform does not accept this identity: is the token for the scope {question.scope}, and is the "
            "credential that of the agent's own app registration?"
        )
    if status == 403 and code is None:
        return (
            "the edge does not let this application in: is its client id on the Client Access List of the "
            "platform's route?"
        )
    if status == 404 or 300 <= status < 400:
        return (
            f"there is no registration of agents at {question.register_url}: are LKPS_URL, LKPS_REGION and "
            "LKPS_ENV right?"
        )
    return "the platform refuses the registration"


def _registration(
    question: Question, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> Registration:
    answer = _json(body)
    about = f"request {question.request_id}"

    def unusable(name: str) -> NoReturn:
        """Names the field, never its value: one of them is a token."""
        raise RegistrationUnavailable(f"the answer to the registration has no usable {name} (HTTP {status}, {about})")

    def text(name: str, pattern: str = r"[\x21-\x7e]+") -> str:
        value = answer.get(name) if isinstance(answer, dict) else None
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            unusable(name)
        return value

    token = Secret(text("token"))
    livekit_url = text("livekit_url")
    if not _is_websocket(livekit_url):
        unusable("livekit_url")
    agent_name, expires_at = text("agent_name", _AGENT_NAME), text("expires_at")
    expires = _instant(expires_at)
    life_ms = 0.0 if expires is None else (expires - (_date(headers) or now)).total_seconds() * 1000
    if life_ms < _SHORTEST_LIFE_MS:
        unusable("expires_at")
    region = text("region", _REGION)
    if question.region not in (None, region):
        raise RegistrationRefused(
            f"the platform at {question.register_url} serves the region {region}, and this agent is set to "
            f"{question.region} ({about})"
        )
    life_ms = min(life_ms, _LONGEST_LIFE_MS)
    return Registration(token, livekit_url, agent_name, expires_at, region, life_ms, question.request_id)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _code(body: bytes) -> str | None:
    """The `code` of a problem document; the edge may answer with something else."""
    problem = _json(body)
    code = problem.get("code") if isinstance(problem, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,64}", code) else None


def _retry_after_ms(headers: Mapping[str, str]) -> int:
    text = headers.get("retry-after", "")
    return min(int(text) * 1000, _LONGEST_WAIT_MS) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        date = parsedate_to_datetime(headers.get("date", ""))
    except Exception:  # its parser raises what its parts raise: ValueError, TypeError, OverflowError ..
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=timezone.utc)


def _instant(text: str) -> datetime | None:
    """RFC 3339, which `fromisoformat` reads whole only from Python 3.11 on."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    seconds, fraction, zone = match.groups()
    micros = f"{fraction or '.'}000000"[:7]
    try:
        return datetime.fromisoformat(f"{seconds}{micros}{'+00:00' if zone == 'Z' else zone}")
    except (ValueError, OverflowError):
        return None


def _is_websocket(url: str) -> bool:
    """In the clear only where it stays on this machine: the token is sent there."""
    address = read_address(url)
    return address is not None and (address.scheme == "wss" or (address.scheme == "ws" and address.is_loopback))
