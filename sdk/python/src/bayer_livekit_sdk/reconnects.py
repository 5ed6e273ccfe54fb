"""What the log says when the connection is lost."""

import asyncio
import logging
import re
from typing import Any

from . import messages
from .gateway import GatewaySession
from .log import logger

_UPSTREAM = re.compile(r"failed to connect to livekit, retrying in (\d+)s")


class Reconnects(logging.Filter):
    """
    Puts one line of the SDK's in place of upstream's warning, which has a traceback also for a planned close.

    It is also the only place where upstream says that, and why, a connection ended.
    """

    def __init__(self, gateway: GatewaySession) -> None:
        super().__init__()
        self._gateway = gateway
        self._task = asyncio.current_task()

    def filter(self, record: logging.LogRecord) -> bool:
        said = _UPSTREAM.fullmatch(str(record.msg))
        if said is None or not self._is_ours():
            return True
        error = getattr(record, "error", None) or (record.exc_info[1] if record.exc_info else None)
        loss, is_renewing = self._gateway.lost(error, 1000.0 * int(said[1]))
        fields: dict[str, Any] = {"reason": loss.reason, "retry_in_ms": round(loss.retry_in_ms)}
        if loss.kind == "planned":
            logger.info(messages.RECONNECTING, extra=fields)
        elif is_renewing:
            logger.warning(messages.EARLY_RENEWAL, extra={"reason": loss.reason})
        else:
            logger.warning(messages.CONNECTION_LOST, extra={**fields, "attempt": loss.attempt})
        return False

    def _is_ours(self) -> bool:
        """Of this worker's connection, not of another's in this process."""
        try:
            return asyncio.current_task() is self._task
        except RuntimeError:
            return False
