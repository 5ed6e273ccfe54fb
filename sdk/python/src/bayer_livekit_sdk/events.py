"""What a program may listen to."""

import inspect
from collections.abc import Callable
from typing import Any, Literal, get_args

from .log import logger

EventName = Literal[
    "access_token",  # ms
    "registered",  # agent_name, livekit_url, expires_at, region, request_id, ms
    "connected",  # worker_id
    "renewed",  # expires_at, request_id
    "not_renewed",  # reason
    "stopping",  # reason, where there is one
]
Listener = Callable[[dict[str, Any]], object]


class Events:
    """Listeners are called at once, in order; what they raise is logged and goes no further."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {name: [] for name in get_args(EventName)}

    def on(self, name: EventName, listener: Listener) -> None:
        if name not in self._listeners:
            raise ValueError(f"there is no event {name}, only {', '.join(self._listeners)}")
        if inspect.iscoroutinefunction(listener):
            raise ValueError("a listener is an ordinary function: start a task in it for what takes time")
        self._listeners[name].append(listener)

    def emit(self, name: EventName, **facts: Any) -> None:
        for listener in self._listeners[name]:
            try:
                listener(dict(facts))
            except Exception:
                logger.exception("a listener failed", extra={"event": name})
