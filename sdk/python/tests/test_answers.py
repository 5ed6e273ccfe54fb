"""How answers to a registration are read: every case of the vectors, and what a hostile answer cannot do."""

from datetime import datetime, timezone
from typing import Any

import pytest

from bayer_livekit_sdk import RegistrationRefused, RegistrationUnavailable
from bayer_livekit_sdk.answer import Question, read_answer
from vectors import vectors

VECTORS = vectors("answers")
QUESTION = Question(VECTORS["register_url"], VECTORS["scope"], VECTORS["region"], VECTORS["request_id"])
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
"""A clock that is wrong: the cases do not depend on it, but for those that say so."""
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
GOOD = VECTORS["cases"][0]["body"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    def read() -> Any:
        return read_answer(QUESTION, case["status"], case["headers"], case["body"].encode(), EPOCH)

    if "registered" in case:
        told = read()
        expected = case["registered"]
        assert told.token.reveal() == expected.pop("token")
        assert {name: getattr(told, name) for name in expected} == expected
        assert told.request_id == QUESTION.request_id
    elif "refused" in case:
        with pytest.raises(RegistrationRefused) as refused:
            read()
        assert str(refused.value) == case["refused"]
    else:
        with pytest.raises(RegistrationUnavailable) as unavailable:
            read()
        assert str(unavailable.value) == case["unavailable"]
        assert unavailable.value.retry_after_ms == case["retry_after_ms"]


def test_without_a_date_this_machines_clock_counts() -> None:
    assert read_answer(QUESTION, 200, {}, GOOD.encode(), NOW).life_ms == 3_600_000


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[]", b"null", b"[" * 60_000, b'{"token": 1}', b'{"token": "a b"}']
)
def test_no_body_does_more_than_be_unusable(body: bytes) -> None:
    with pytest.raises(RegistrationUnavailable, match="no usable token"):
        read_answer(QUESTION, 200, {}, body, NOW)


def test_a_code_that_is_none_of_the_platforms_is_not_repeated() -> None:
    with pytest.raises(RegistrationRefused) as refused:
        read_answer(QUESTION, 403, {}, b'{"code": "a token: eyJ.."}', NOW)
    assert str(refused.value).endswith("(HTTP 403, request req-1)")
