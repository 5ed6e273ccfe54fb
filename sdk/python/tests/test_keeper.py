"""The keeper over scripted answers and a clock of its own."""

import asyncio
import random
from collections.abc import Callable

import pytest

from bayer_livekit_sdk import RegistrationRefused, RegistrationUnavailable
from bayer_livekit_sdk.answer import Registration
from bayer_livekit_sdk.errors import CredentialNotFound
from bayer_livekit_sdk.events import Events
from bayer_livekit_sdk.keeper import Keeper
from bayer_livekit_sdk.secret import Secret
from fake_clock import FakeClock, settle

HOUR_MS = 3_600_000.0
NAME = "11111111-2222-4333-8444-555555555555"
Answer = Callable[[], Registration]


def good(number: int = 1, life_ms: float = HOUR_MS, *, name: str = NAME, url: str = "wss://gateway.example") -> Answer:
    return lambda: Registration(
        Secret(f"token-{number}"), url, name, "2026-11-21T13:00:00Z", "eu", life_ms, f"r{number}"
    )


def bad(error: Exception) -> Answer:
    def answer() -> Registration:
        raise error

    return answer


UNAVAILABLE = RegistrationUnavailable("busy")


class Platform:
    """Answers as its script says, the last for ever."""

    def __init__(self, clock: FakeClock, *script: Answer) -> None:
        self._clock = clock
        self._script = list(script)
        self.asked_ms: list[float] = []

    async def ask(self) -> Registration:
        self.asked_ms.append(self._clock.now_ms())
        return (self._script.pop(0) if len(self._script) > 1 else self._script[0])()


def keep(*script: Answer, clock: FakeClock | None = None) -> tuple[Keeper, Platform, FakeClock]:
    clock = clock or FakeClock()
    platform = Platform(clock, *script)
    return Keeper(platform.ask, clock, Events()), platform, clock


async def test_asks_at_once_and_only_once_where_that_is_enough() -> None:
    keeper, platform, clock = keep(good())
    assert (await keeper.start(0)).agent_name == NAME
    assert platform.asked_ms == [0]
    assert clock.slept_ms == []


async def test_start_tries_until_its_time_is_over_and_then_says_so() -> None:
    keeper, platform, clock = keep(bad(UNAVAILABLE))
    starting = asyncio.ensure_future(keeper.start(5000))
    await clock.pass_ms(4999)
    assert not starting.done()
    await clock.pass_ms(1)
    with pytest.raises(RegistrationUnavailable, match="not registered in time: busy"):
        await asyncio.wait_for(starting, 5)
    assert platform.asked_ms[-1] == 5000


async def test_a_try_at_start_that_outlasts_its_time_is_the_last() -> None:
    clock = FakeClock()

    async def ask() -> Registration:
        await clock.sleep_ms(30_000)
        raise UNAVAILABLE

    starting = asyncio.ensure_future(Keeper(ask, clock, Events()).start(3000))
    await clock.pass_ms(30_000)
    with pytest.raises(RegistrationUnavailable, match="not registered in time: busy"):
        await asyncio.wait_for(starting, 5)
    assert clock.slept_ms == [30_000]


async def test_no_credential_is_a_no_at_start_and_an_outage_later() -> None:
    keeper, _, _ = keep(bad(CredentialNotFound("none")))
    with pytest.raises(RegistrationRefused, match="none"):
        await keeper.start(5000)
    keeper, _, clock = keep(good(1), bad(CredentialNotFound("none")), good(2))
    await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await clock.pass_ms(HOUR_MS)
    assert keeper.newest.token.reveal() == "token-2"
    running.cancel()


async def test_retry_after_is_kept_to() -> None:
    keeper, platform, clock = keep(bad(RegistrationUnavailable("busy", 7000)), good())
    starting = asyncio.ensure_future(keeper.start(60_000))
    await clock.pass_ms(6999)
    assert len(platform.asked_ms) == 1
    await clock.pass_ms(1)
    await starting


async def test_renews_five_to_six_minutes_before_expiry() -> None:
    keeper, platform, clock = keep(good(1), good(2))
    await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await clock.pass_ms(HOUR_MS)
    assert 54 * 60_000 <= platform.asked_ms[1] <= 55 * 60_000
    assert keeper.newest.token.reveal() == "token-2"
    running.cancel()


async def test_a_refused_renewal_ends_it_at_once() -> None:
    keeper, platform, clock = keep(good(), bad(RegistrationRefused("revoked")))
    await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await clock.pass_ms(HOUR_MS)
    with pytest.raises(RegistrationRefused, match="revoked"):
        await asyncio.wait_for(running, 5)
    assert len(platform.asked_ms) == 2


async def test_another_agents_registration_is_none() -> None:
    keeper, _, clock = keep(good(), good(2, name="other"))
    await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await clock.pass_ms(HOUR_MS)
    with pytest.raises(RegistrationRefused, match=f"for another agent: other, not {NAME}"):
        await asyncio.wait_for(running, 5)
    assert keeper.newest.token.reveal() == "token-1"


async def test_a_new_address_is_taken() -> None:
    keeper, _, clock = keep(good(), good(2, url="wss://elsewhere.example"))
    await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await clock.pass_ms(HOUR_MS)
    assert (await keeper.usable()).livekit_url == "wss://elsewhere.example"
    running.cancel()


async def test_an_outage_is_gone_through_until_the_registration_expires() -> None:
    keeper, platform, clock = keep(good(), bad(UNAVAILABLE))
    await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await clock.pass_ms(HOUR_MS - 1)
    assert not running.done()
    await clock.pass_ms(1)
    with pytest.raises(RegistrationUnavailable, match="the registration expired and was not renewed: busy"):
        await asyncio.wait_for(running, 5)
    assert max(platform.asked_ms) == HOUR_MS


async def test_an_expired_token_is_given_to_nobody_also_while_its_renewal_hangs() -> None:
    clock = FakeClock()
    answers = [good()]

    async def ask() -> Registration:
        if not answers:
            await asyncio.Event().wait()
        return answers.pop()()

    keeper = Keeper(ask, clock, Events())
    await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await clock.pass_ms(HOUR_MS - 1)
    assert (await keeper.usable()).token.reveal() == "token-1"
    await clock.pass_ms(1)
    using = asyncio.ensure_future(keeper.usable())
    await settle()
    assert not using.done()
    using.cancel()
    running.cancel()


async def test_a_rejected_token_is_renewed_at_once_and_given_to_nobody_until_then() -> None:
    keeper, platform, clock = keep(good(1), bad(UNAVAILABLE), good(2))
    await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await settle()
    assert keeper.rejected(keeper.newest)
    assert not keeper.rejected(keeper.newest), "said twice"
    waiting = asyncio.ensure_future(keeper.usable())
    await settle()
    assert platform.asked_ms == [0, 0]
    assert not waiting.done()
    await clock.pass_ms(1000)
    assert (await waiting).token.reveal() == "token-2"
    running.cancel()


async def test_a_rejection_that_comes_late_is_not_of_the_new_token() -> None:
    keeper, _, clock = keep(good(1), good(2))
    old = await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await clock.pass_ms(HOUR_MS)
    assert not keeper.rejected(old)
    assert (await keeper.usable()).token.reveal() == "token-2"
    running.cancel()


@pytest.mark.parametrize("seed", range(60))
async def test_whatever_is_answered_no_dead_token_is_given_and_nothing_is_asked_in_a_rush(seed: int) -> None:
    """Random lives, outages, waits and rejections: a given token lives, an end has a reason, asking keeps a pace."""
    chance = random.Random(seed)
    clock = FakeClock(chance.random)
    expires: dict[str, float] = {}
    asked: list[float] = []

    async def ask() -> Registration:
        asked.append(clock.now_ms())
        if chance.random() < 0.4:
            raise RegistrationUnavailable("busy", chance.choice([0, 0, 1000, 60_000]))
        life_ms = chance.choice([5_000.0, 12_000.0, 599_999.0, HOUR_MS])
        token = f"t{len(asked)}"
        expires[token] = clock.now_ms() + life_ms
        return Registration(Secret(token), "wss://g", NAME, "", "eu", life_ms, token)

    keeper = Keeper(ask, clock, Events())
    starting = asyncio.ensure_future(keeper.start(120_000))
    await clock.pass_ms(120_000)
    if isinstance(starting.exception(), RegistrationUnavailable):
        return
    running = asyncio.ensure_future(keeper.run())
    for _ in range(200):
        await clock.pass_ms(chance.choice([10.0, 500.0, 5_000.0, 60_000.0]))
        if running.done():
            break
        using = asyncio.ensure_future(keeper.usable())
        await settle()
        if using.done():
            token = using.result().token.reveal()
            assert clock.now_ms() < expires[token]
            if chance.random() < 0.05:
                keeper.rejected(using.result())
        using.cancel()
    if running.done():
        assert isinstance(running.exception(), RegistrationUnavailable)
        assert clock.now_ms() >= expires[keeper.newest.token.reveal()]
    running.cancel()
    in_a_second = max(sum(1 for other in asked if at <= other < at + 1000) for at in asked)
    assert in_a_second <= 8
