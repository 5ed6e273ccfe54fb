"""Values that must not be seen, and texts that may hold one."""

import json
import re
from typing import NoReturn
from urllib.parse import quote

REDACTED = "[redacted]"
_MOST = 500
_MOST_READ = 4_000
_JWT = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|eyJ[A-Za-z0-9_.-]*")
_WORD = re.compile(r"[^\s\"'<>]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Secret:
    """A string that prints as `[redacted]`, and can be neither compared nor pickled."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        return self.__value

    def __repr__(self) -> str:
        return REDACTED

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret does not leave its process")


def quoted(text: str, *secrets: Secret) -> str:
    """
    Somebody else's text as it may be shown: its first line, 500 characters at most, and nothing a terminal carries out.

    Without these secrets, whatever has the shape or the beginning of a JWT, and the user and password of addresses.
    The time it takes grows with the text's length and no more.
    """
    for written in _spellings(*secrets):
        text = text.replace(written, REDACTED)
    line = re.split(r"[\r\n]", text.strip(), maxsplit=1)[0][:_MOST_READ]
    line = _WORD.sub(_without_user, _JWT.sub(REDACTED, line))
    return _CONTROL.sub(" ", line).strip()[:_MOST]


def first_line(error: BaseException, *secrets: Secret) -> str:
    """What somebody else's error says, as it may be shown; its class's name where it says nothing."""
    return quoted(words_of(error), *secrets) or type(error).__name__


def words_of(error: BaseException) -> str:
    """Whole and as it is: to be looked into, never shown. Nothing for an error that cannot be made a text."""
    try:
        return str(error)
    except Exception:
        return ""


def _spellings(*secrets: Secret) -> list[str]:
    """As they are, as an address or a form has them, and as JSON has them; the longest first."""
    found: set[str] = set()
    for value in filter(None, (secret.reveal() for secret in secrets)):
        encoded = quote(value, safe="", errors="replace")
        found |= {value, encoded, encoded.replace("~", "%7E"), json.dumps(value)[1:-1]}
        found.add(json.dumps(value, ensure_ascii=False)[1:-1])
    return sorted(found, key=len, reverse=True)


def _without_user(word: re.Match[str]) -> str:
    """From its first `//` to its last `@`."""
    text = word[0]
    begins, ends = text.find("//"), text.rfind("@")
    return text if begins < 0 or ends < begins else f"{text[:begins]}//{REDACTED}{text[ends:]}"
