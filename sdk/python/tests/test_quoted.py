"""Somebody else's text, as it may be shown: every case of the vectors, and what no text can do."""

import unicodedata
from typing import Any

import pytest

from bayer_livekit_sdk.secret import Secret, first_line, quoted
from vectors import vectors


@pytest.mark.parametrize("case", vectors("messages")["quoted"], ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    secrets = [Secret(text) for text in case["secrets"]]
    assert quoted(case["text"], *secrets) == case["shown"]
    assert first_line(RuntimeError(case["text"]), *secrets) == case["shown"]


def test_no_character_of_any_text_does_more_than_be_seen() -> None:
    shown = quoted("x" + "".join(f"{chr(code)}y" for code in range(0x20, 0x3000) if chr(code) not in "\r\n"))
    assert len(shown) <= 500
    for code in range(0x3000):
        left = quoted(f"a{chr(code)}b")
        assert not any(unicodedata.category(one) in ("Cc", "Zl", "Zp") for one in left)
        assert unicodedata.bidirectional(chr(code)) not in ("RLE", "LRE", "RLO", "LRO", "PDF") or left == "a b"
        assert len(left.splitlines()) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://me:planted@proxy:1",
        "http://me:pla/nted@proxy",
        "wss://planted@x",
        "//planted:@x",
        "http://a@b:planted@c",
    ],
)
def test_no_part_of_a_user_or_password_is_left_of_an_address(address: str) -> None:
    assert "nted" not in quoted(f"failed: {address} (again)")
    assert quoted(f"failed: {address} (again)").endswith("(again)")


def test_a_secret_over_two_lines_is_cut_out_as_a_whole() -> None:
    assert quoted("it is first\nsecond.", Secret("first\nsecond")) == "it is [redacted]."


def test_an_error_without_words_is_shown_by_its_name() -> None:
    assert first_line(TimeoutError()) == "TimeoutError"
    assert first_line(RuntimeError("\n \x00")) == "RuntimeError"


def test_an_ordinary_text_stays_as_it_is() -> None:
    text = "Cannot connect to host int.bayer.com:443 ssl:default [Name or service not known] a@b"
    assert quoted(text) == text
