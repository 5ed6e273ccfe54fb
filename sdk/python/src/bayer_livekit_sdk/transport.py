"""Proxies, and what is shown of a request that failed."""

import urllib.request
from base64 import b64encode
from typing import Any

import aiohttp
from yarl import URL

from .secret import Secret, first_line


class WrongProxy(aiohttp.ClientError):
    """Never repeats the address: it may hold a password."""

    def __init__(self) -> None:
        super().__init__("the proxy's address is not of the form http://[<user>:<password>@]<host>[:<port>]")


def proxy_for(url: str) -> dict[str, Any]:
    """
    A request's options by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and nothing else of the environment.

    A `.netrc` would replace the token.
    """
    address = URL(url)
    if urllib.request.proxy_bypass(address.host or ""):
        return {}
    return by_proxy(urllib.request.getproxies().get(address.scheme))


def by_proxy(proxy: str | None) -> dict[str, Any]:
    """A TLS request's options, with user and password apart: errors repeat the address. Raises WrongProxy."""
    if not proxy:
        return {}
    try:
        address = URL(proxy)
        user, password = address.user, address.password
        is_good = address.scheme in ("http", "https") and bool(address.host) and bool(address.port)
    except ValueError:
        is_good = False
    if not is_good:
        raise WrongProxy
    if user is None and password is None:
        return {"proxy": address}
    basic = b64encode(f"{user or ''}:{password or ''}".encode()).decode()
    return {"proxy": address.with_user(None), "proxy_headers": {"Proxy-Authorization": f"Basic {basic}"}}


def said_by(error: BaseException, *secrets: Secret) -> str:
    """A response is shown by its status alone: its error has the address, and on request its headers."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered HTTP {error.status}"
    if isinstance(error, aiohttp.ClientResponseError):
        return f"HTTP {error.status}"
    return first_line(error, *secrets)
