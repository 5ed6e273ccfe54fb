"""What happens, told to whoever reads the log and to the program."""

from typing import Any

from . import messages
from .answer import Registration
from .events import Events
from .log import logger


def registered(registration: Registration, ms: int, events: Events) -> None:
    fields = {"livekit_url": registration.livekit_url, **_fields(registration)}
    logger.info(messages.REGISTERED, extra=fields)
    events.emit("registered", ms=ms, **fields)


def renewed(registration: Registration, events: Events) -> None:
    logger.info(messages.RENEWED, extra=_fields(registration))
    events.emit("renewed", expires_at=registration.expires_at, request_id=registration.request_id)


def retry(reason: str, attempt: int, retry_in_ms: float, expires_in_ms: float | None, events: Events) -> None:
    """`expires_in_ms` of the registration; `None` before the first."""
    fields: dict[str, Any] = {"reason": reason, "attempt": attempt, "retry_in_ms": round(retry_in_ms)}
    if expires_in_ms is None:
        logger.warning(messages.NOT_REGISTERED, extra=fields)
        return
    logger.warning(messages.NOT_RENEWED, extra={**fields, "expires_in_ms": round(expires_in_ms)})
    events.emit("not_renewed", reason=reason)


def connected(registration: Registration) -> None:
    fields = ("agent_name", "region", "livekit_url")
    logger.info(messages.CONNECTED, extra={name: getattr(registration, name) for name in fields})


def _fields(registration: Registration) -> dict[str, str]:
    return {
        "request_id": registration.request_id,
        "agent_name": registration.agent_name,
        "region": registration.region,
        "expires_at": registration.expires_at,
    }
