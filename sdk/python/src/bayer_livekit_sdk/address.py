"""Addresses, by one strict pattern: what parsers read differently is none. Both SDKs have the same one."""

import ipaddress
import re
from dataclasses import dataclass

_LABELS = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_ADDRESS = re.compile(
    rf"(?P<scheme>[a-z]+)://(?P<host>{_LABELS}|\[(?P<literal>[0-9A-Fa-f:.]+)\])(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
)
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_FOUR = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_NUMBER_AT_ITS_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)")
"""Parsers take such a host for an address of numbers, and complete it or refuse it."""
_LOOPBACK = re.compile(rf"localhost|127(?:\.{_OCTET}){{3}}|\[::1\]")


@dataclass(frozen=True)
class Address:
    """`<scheme>://<host>[:<port>][/<path>]`: neither user, nor query, nor fragment."""

    scheme: str
    is_loopback: bool
    """This machine's own: what is sent there needs no TLS."""


def read_address(text: str) -> Address | None:
    """`None` for anything else."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"] or 1) > 65_535 or not _is_ipv6(match["literal"] or "::1"):
        return None
    if _NUMBER_AT_ITS_END.fullmatch(match["host"]) and not _FOUR.fullmatch(match["host"]):
        return None
    return Address(match["scheme"], _LOOPBACK.fullmatch(match["host"]) is not None)


def _is_ipv6(literal: str) -> bool:
    try:
        ipaddress.IPv6Address(literal)
    except ValueError:
        return False
    return True
