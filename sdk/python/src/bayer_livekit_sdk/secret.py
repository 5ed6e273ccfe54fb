"""Values that must not be seen."""

import re
from typing import NoReturn

REDACTED = "[redacted]"
_JWT = re.compile(r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")


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


def first_line(error: BaseException, *secrets: Secret) -> str:
    """What somebody else's error says, cut to one line; its class's name where it says nothing. Tokens are cut out."""
    lines = str(error).strip().splitlines()
    return redacted(lines[0], *secrets) if lines else type(error).__name__


def redacted(text: str, *secrets: Secret) -> str:
    """The text without these secrets and without anything that has the shape of a JWT."""
    for secret in secrets:
        text = text.replace(secret.reveal(), REDACTED)
    return _JWT.sub(REDACTED, text)
