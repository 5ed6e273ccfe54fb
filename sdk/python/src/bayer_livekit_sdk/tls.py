"""Whom the SDK trusts when it speaks TLS."""

import os
import ssl


def tls_context() -> ssl.SSLContext:
    """
    This machine's authorities (`SSL_CERT_FILE`, `SSL_CERT_DIR`), and those of `REQUESTS_CA_BUNDLE` where it is set.

    One context for Entra, the platform and the gateway: a company's own authority is set once.
    """
    context = ssl.create_default_context()
    bundle = os.environ.get("REQUESTS_CA_BUNDLE")
    if bundle and os.path.isdir(bundle):
        context.load_verify_locations(capath=bundle)
    elif bundle:
        context.load_verify_locations(cafile=bundle)
    return context
