"""When to renew and to try again; and the messages: as the vectors say."""

from typing import Any

import pytest

from bayer_livekit_sdk import messages
from bayer_livekit_sdk.schedule import renewal_delay_ms, retry_delay_ms
from vectors import vectors

SCHEDULE = vectors("schedule")
MESSAGES = vectors("messages")


@pytest.mark.parametrize("case", SCHEDULE["renewal"], ids=str)
def test_renewal(case: dict[str, Any]) -> None:
    assert renewal_delay_ms(case["life_ms"], case["random"]) == pytest.approx(case["delay_ms"], abs=0.001)


@pytest.mark.parametrize("case", SCHEDULE["retry"], ids=str)
def test_retry(case: dict[str, Any]) -> None:
    assert retry_delay_ms(case["attempt"], case["random"]) == case["delay_ms"]


def test_every_message_is_that_of_the_vectors() -> None:
    assert {name: getattr(messages, name.upper()) for name in MESSAGES["log"]} == MESSAGES["log"]


def test_every_exit_code_is_that_of_the_vectors() -> None:
    assert {code.name.lower(): code.value for code in messages.ExitCode} == MESSAGES["exit_codes"]
