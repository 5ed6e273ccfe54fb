"""A token that is rejected while the next one is on its way."""

import asyncio

from bayer_livekit_sdk.answer import Registration
from bayer_livekit_sdk.events import Events
from bayer_livekit_sdk.keeper import Keeper
from fake_clock import FakeClock
from test_keeper import good


async def test_a_rejection_while_a_renewal_is_under_way_costs_no_other_registration() -> None:
    clock = FakeClock()
    asked_ms: list[float] = []
    release = asyncio.Event()

    async def ask() -> Registration:
        asked_ms.append(clock.now_ms())
        if len(asked_ms) == 2:
            await release.wait()
        return good(len(asked_ms))()

    keeper = Keeper(ask, clock, Events())
    await keeper.start(0)
    running = asyncio.ensure_future(keeper.run())
    await clock.pass_ms(56 * 60_000)
    assert len(asked_ms) == 2
    assert keeper.rejected(keeper.newest)
    using = asyncio.ensure_future(keeper.usable())
    release.set()
    await clock.pass_ms(60_000)
    assert (await using).token.reveal() == "token-2"
    assert len(asked_ms) == 2
    running.cancel()
