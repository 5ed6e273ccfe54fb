"""Shifts a Python's wall clock by `LKPS_TEST_SKEW_SECONDS`, before anything is loaded; the monotonic one goes on."""

import datetime
import os
import time

SKEW = float(os.environ.get("LKPS_TEST_SKEW_SECONDS", "0"))
_time, _time_ns, _datetime = time.time, time.time_ns, datetime.datetime


class _Kind(type(_datetime)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _datetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _datetime)


class ShiftedDatetime(_datetime, metaclass=_Kind):
    """`datetime.datetime` with another idea of now."""

    @classmethod
    def now(cls, tz: "datetime.tzinfo | None" = None) -> _datetime:  # type: ignore[override]
        return _datetime.now(tz) + datetime.timedelta(seconds=SKEW)

    @classmethod
    def utcnow(cls) -> _datetime:  # type: ignore[override]
        return _datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(seconds=SKEW)


if SKEW:
    time.time = lambda: _time() + SKEW
    time.time_ns = lambda: _time_ns() + int(SKEW * 1e9)
    datetime.datetime = ShiftedDatetime  # type: ignore[misc]
