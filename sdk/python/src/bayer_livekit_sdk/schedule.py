"""When to renew and when to try again. All times in milliseconds."""

_MINUTE_MS = 60_000.0
_SHORT_LIFE_MS = 10 * _MINUTE_MS
_RENEW_BEFORE_EXPIRY_MS = 5 * _MINUTE_MS
_FIRST_RETRY_MS = 500.0
_SLOWEST_RETRY_MS = 30_000.0


def renewal_delay_ms(life_ms: float, random: float) -> float:
    """
    How long after a registration to renew it: 5 to 6 minutes before it expires, or at 60 to 67 % of a short life.

    The jitter (`random`: 0 to 1) keeps agents that were started together from renewing together.
    """
    if life_ms < _SHORT_LIFE_MS:
        return max(0.0, life_ms * (2 / 3 - random / 15))
    return life_ms - _RENEW_BEFORE_EXPIRY_MS - random * _MINUTE_MS


def retry_delay_ms(attempt: int, random: float) -> float:
    """Exponential, with jitter over its upper half. `attempt` is 1 for the first retry."""
    full = min(_SLOWEST_RETRY_MS, _FIRST_RETRY_MS * 2.0 ** min(attempt - 1, 16))
    return full * (0.5 + random / 2)
