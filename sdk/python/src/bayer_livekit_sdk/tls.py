"""Whom the SDK trusts when it speaks TLS."""

import os
import ssl
from collections.abc import Mapping

_FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def problems_of_authorities(env: Mapping[str, str] = os.environ) -> list[str]:
    """Names the variable, never what is in it: where it is wrong, it may be anything."""
    return [
        f"{name} is not the path of a file of certificates (PEM) that can be read"
        for name in _FILES
        if env.get(name) and not _has_certificates(env[name])
    ]


def tls_context() -> ssl.SSLContext:
    """
    This machine's authorities (`SSL_CERT_FILE`, `SSL_CERT_DIR`), and those of `REQUESTS_CA_BUNDLE` where it is set.

    One context for Entra, the platform and the gateway: a company's own authority is set once.
    """
    context = ssl.create_default_context()
    bundle = os.environ.get("REQUESTS_CA_BUNDLE")
    if bundle:
        context.load_verify_locations(cafile=bundle)
    return context


def _has_certificates(path: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except OSError:  # an SSLError is one
        return False
    return True
