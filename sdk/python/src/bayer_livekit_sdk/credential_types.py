"""What a program may bring as its own credential."""

from typing import Any, Protocol


class TokenCredential(Protocol):
    """Any credential of azure-identity, of its `aio` part too: `get_token(scope)` answers what has a `token`."""

    def get_token(self, *scopes: str, **kwargs: Any) -> Any: ...
