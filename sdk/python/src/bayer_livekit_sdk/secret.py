"""Values that must not be seen, and texts that may hold one."""

import re
from typing import NoReturn

REDACTED = "[redacted]"
_MOST = 500
_JWT = re.compile(r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|eyJ[A-Za-z0-9_.-]*")
_USER = re.compile(r"//[^\s\"'<>]*@")
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
    """
    for secret in secrets:
        text = text.replace(secret.reveal(), REDACTED) if secret.reveal() else text
    line = re.split(r"[\r\n]", text.strip(), maxsplit=1)[0]
    line = _USER.sub(f"//{REDACTED}@", _JWT.sub(REDACTED, line))
    return _CONTROL.sub(" ", line).strip()[:_MOST]


def first_line(error: BaseException, *secrets: Secret) -> str:
    """What somebody else's error says, as it may be shown; its class's name where it says nothing."""
    return quoted(str(error), *secrets) or type(error).__name__
