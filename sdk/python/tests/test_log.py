"""Who else speaks in the agent's log."""

import logging
from collections.abc import Iterator

import pytest

from bayer_livekit_sdk import RegistrationUnavailable, Worker, log
from test_own_credential import entrypoint

NAMES = ("azure", "azure.identity", "msal")


@pytest.fixture(autouse=True)
def _levels_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(log, "setup_logging", lambda *_, **__: None)
    before = {name: logging.getLogger(name).level for name in NAMES}
    for name in NAMES:
        logging.getLogger(name).setLevel(logging.NOTSET)
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def entra() -> logging.Logger:
    return logging.getLogger("azure.identity")


def levels() -> list[int]:
    return [logging.getLogger(name).level for name in NAMES]


def test_what_azures_library_says_of_each_failure_is_left_out_since_the_sdk_says_it() -> None:
    log.configure_logging("DEBUG", devmode=True)
    assert levels() == [logging.WARNING, logging.ERROR, logging.WARNING]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("azure", [logging.DEBUG, logging.NOTSET, logging.WARNING]),
        ("azure.identity", [logging.WARNING, logging.DEBUG, logging.WARNING]),
    ],
)
def test_a_level_that_the_program_set_stays(said: str, left: list[int]) -> None:
    logging.getLogger(said).setLevel(logging.DEBUG)
    log.configure_logging("INFO", devmode=False)
    assert levels() == left


def test_it_is_left_out_also_in_a_programs_own_log_while_an_agent_lives_and_not_after_that(
    entra: logging.Logger,
) -> None:
    with log.quiet_entra():
        with log.quiet_entra():
            assert levels() == [logging.NOTSET, logging.ERROR, logging.NOTSET]
        assert entra.level == logging.ERROR
    assert levels() == [logging.NOTSET] * 3


@pytest.mark.parametrize("said", ["azure", "azure.identity"])
def test_a_level_that_the_program_set_stays_also_while_an_agent_lives(said: str) -> None:
    logging.getLogger(said).setLevel(logging.INFO)
    before = levels()
    with log.quiet_entra():
        assert levels() == before
    assert levels() == before


async def test_serving_is_such_a_life(entra: logging.Logger) -> None:
    seen: list[int] = []

    class Own:
        async def get_token(self, *_: str, **__: object) -> None:
            seen.append(entra.level)

    worker = Worker(url="http://127.0.0.1:9", scope="api://lkps/.default", credential=Own(), start_timeout=0)
    worker.rtc_session(entrypoint)
    with pytest.raises(RegistrationUnavailable):
        await worker.serve()
    assert seen
    assert set(seen) == {logging.ERROR}
    assert entra.level == logging.NOTSET
