"""Who else speaks in the agent's log."""

import logging
from collections.abc import Iterator

import pytest

from bayer_livekit_sdk import log

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
