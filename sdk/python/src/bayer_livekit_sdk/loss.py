"""What a lost connection means, and when the next one is tried."""

from dataclasses import dataclass
from typing import Literal

from .clock import Clock
from .schedule import retry_delay_ms

_PLANNED_CLOSE = 1012
_POLICY_VIOLATION = 1008
_SLOWEST_RECONNECT_MS = 10_000.0
_STABLE_MS = 1_000.0
"""A connection that lived for less counts as one more failed attempt."""
_STABLE_AFTER_REFUSAL_MS = 60_000.0
"""The same once one was refused: who is let in and put out again and again asks less and less."""

Kind = Literal["planned", "refused", "lost"]


@dataclass(frozen=True)
class Loss:
    """`planned`: closed in good order. `refused`: the token is not accepted, or the close was for a breach."""

    kind: Kind
    reason: str
    attempt: int
    retry_in_ms: float


class Pace:
    """Not at all after a connection that was closed in good order, and longer and longer for as long as none lasts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._attempt = 0
        self._connected_ms: float | None = None
        self._stable_ms = _STABLE_MS

    def connected(self) -> None:
        self._connected_ms = self._clock.now_ms()

    def lost(self, code: int | None, reason: str, least_ms: float, *, is_refusal: bool) -> Loss:
        """`code` is that of the WebSocket's close, where there was one; `least_ms` how long the wait is at least."""
        was_stable = self._was_stable()
        self._attempt = 1 if was_stable else self._attempt + 1
        delay_ms = min(_SLOWEST_RECONNECT_MS, retry_delay_ms(self._attempt, self._clock.random()))
        kind: Kind = "lost"
        if is_refusal or code == _POLICY_VIOLATION:
            kind = "refused"
            self._stable_ms = _STABLE_AFTER_REFUSAL_MS
        elif code == _PLANNED_CLOSE:
            kind = "planned"
        if kind == "planned" and was_stable:
            delay_ms = 0.0
        return Loss(kind, reason, self._attempt, max(least_ms, delay_ms))

    def _was_stable(self) -> bool:
        """Forgets the connection, and those before it where it was."""
        connected_ms, self._connected_ms = self._connected_ms, None
        if connected_ms is None or self._clock.now_ms() - connected_ms < self._stable_ms:
            return False
        self._stable_ms = _STABLE_MS
        return True
