"""Keeps the agent registered: holds the newest registration, and renews it in time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn

from . import narrate
from .answer import Registration
from .clock import Clock
from .errors import CredentialNotFound, RegistrationRefused, RegistrationUnavailable
from .events import Events
from .schedule import renewal_delay_ms, retry_delay_ms


@dataclass(frozen=True)
class _Held:
    registration: Registration
    asked_ms: float

    @property
    def expires_ms(self) -> float:
        return self.asked_ms + self.registration.life_ms


class Keeper:
    """`ask` is one registration with an access token; it raises RegistrationRefused or RegistrationUnavailable."""

    def __init__(self, ask: Callable[[], Awaitable[Registration]], clock: Clock, events: Events) -> None:
        self._ask = ask
        self._clock = clock
        self._events = events
        self._held: _Held | None = None
        self._is_rejected = False
        self._wanted = asyncio.Event()
        self._renewed = asyncio.Event()

    @property
    def newest(self) -> Registration:
        return self._newest.registration

    @property
    def _newest(self) -> _Held:
        if self._held is None:
            raise RuntimeError("not registered yet")
        return self._held

    async def start(self, timeout_ms: float) -> Registration:
        """The first registration. Tries at once, and again until the time is over."""
        self._held = await self._persistently(self._clock.now_ms() + timeout_ms)
        return self._held.registration

    async def run(self) -> NoReturn:
        """Renews until that is refused (RegistrationRefused) or came too late (RegistrationUnavailable)."""
        while True:
            held = self._newest
            await self._until_due(held)
            renewed = await self._persistently(held.expires_ms)
            ours, theirs = held.registration.agent_name, renewed.registration.agent_name
            if ours != theirs:
                raise RegistrationRefused(f"the renewed registration is for another agent: {theirs}, not {ours}")
            self._held = renewed
            self._is_rejected = False
            self._wanted.clear()  # whoever wanted one while it was under way has it now
            self._renewed.set()
            narrate.renewed(renewed.registration, self._events)

    async def usable(self) -> Registration:
        """The newest one, once its token has neither expired nor been rejected: nobody tries a dead token."""
        while self._is_rejected or self._clock.now_ms() >= self._newest.expires_ms:
            self._renewed.clear()
            self._wanted.set()
            await self._renewed.wait()
        return self.newest

    def rejected(self, registration: Registration) -> bool:
        """The gateway does not accept its token: registers again at once. Answers whether that is news."""
        if self._is_rejected or registration is not self.newest:
            return False
        self._is_rejected = True
        self._wanted.set()
        return True

    async def _until_due(self, held: _Held) -> None:
        delay_ms = renewal_delay_ms(held.registration.life_ms, self._clock.random())
        left_ms = held.asked_ms + delay_ms - self._clock.now_ms()
        due = asyncio.ensure_future(self._clock.sleep_ms(max(0.0, left_ms)))
        wanted = asyncio.ensure_future(self._wanted.wait())
        try:
            await asyncio.wait({due, wanted}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            due.cancel()
            wanted.cancel()

    async def _persistently(self, deadline_ms: float) -> _Held:
        """Tries at least once, and again while what failed may mend: to the deadline, and at a start not across it."""
        is_first = self._held is None
        attempt = 1
        while True:
            asked_ms = self._clock.now_ms()
            try:
                return _Held(await self._ask(), asked_ms)
            except RegistrationUnavailable as error:
                if is_first and isinstance(error, CredentialNotFound):
                    raise RegistrationRefused(str(error)) from None
                if (self._clock.now_ms() if is_first else asked_ms) >= deadline_ms:
                    raise _given_up(error, is_first=is_first) from None
                left_ms = max(0.0, deadline_ms - self._clock.now_ms())
                wanted_ms = max(error.retry_after_ms, retry_delay_ms(attempt, self._clock.random()))
                retry_in_ms = min(wanted_ms, left_ms)
                narrate.retry(str(error), attempt, retry_in_ms, None if is_first else left_ms, self._events)
            await self._clock.sleep_ms(retry_in_ms)
            attempt += 1


def _given_up(error: RegistrationUnavailable, *, is_first: bool) -> RegistrationUnavailable:
    what = "not registered in time" if is_first else "the registration expired and was not renewed"
    return RegistrationUnavailable(f"{what}: {error}")
