"""Addresses, by one strict pattern: what parsers read differently is none. Both SDKs have the same one."""

import ipaddress
import re
from dataclasses import dataclass

_LABELS = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_ADDRESS = re.compile(
    rf"(?P<scheme>[a-z]+)://(?P<host>{_LABELS}|\[(?P<literal>[0-9A-Fa-f:.]+)\])(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
)
_NUMBER_AT_ITS_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)")
"""Parsers take such a host for an address of numbers, and complete it or refuse it."""


@dataclass(frozen=True)
class Address:
    """`<scheme>://<host>[:<port>][/<path>]`: neither user, nor query, nor fragment."""

    scheme: str
    is_loopback: bool
    """This machine's own: what is sent there needs no TLS."""


def read_address(text: str) -> Address | None:
    """`None` for anything else."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"] or 1) > 65_535:
        return None
    host = match["host"]
    is_ipv4 = _is(ipaddress.IPv4Address, host)
    if _NUMBER_AT_ITS_END.fullmatch(host) and not is_ipv4:
        return None
    if match["literal"] is not None and not _is(ipaddress.IPv6Address, match["literal"]):
        return None
    return Address(match["scheme"], host in ("localhost", "[::1]") or (is_ipv4 and host.startswith("127.")))


def _is(kind: type[ipaddress.IPv4Address] | type[ipaddress.IPv6Address], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True
