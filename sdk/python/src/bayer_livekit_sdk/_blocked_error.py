"""What the SDK says where something needs a LiveKit API key. sdk/vectors/messages.json has the same texts."""

from typing import Any

_NO_KEY = "{name} is blocked: it needs a LiveKit API key, and agents of the platform hold none. "
MESSAGES = {
    "api": _NO_KEY + "Work with the room and its events (ctx.room); what only a server may do is the platform's to do.",
    "delete_room": _NO_KEY + "Leave with {shutdown}; the room closes by itself once its client is gone.",
    "sip": _NO_KEY + "Telephony is not a part of the platform.",
    "livekit_key": _NO_KEY + "See the table of plugins in the platform's SDK guide for what to use instead.",
    "inference": (
        "{name} is blocked: LiveKit's inference gateway needs a key of LiveKit Cloud, and agents of the platform "
        "hold none. Use the provider's own plugin, or pass a key of your own LiveKit Cloud project."
    ),
}


class BlockedError(RuntimeError, ValueError):
    """
    Needs a LiveKit API key, which agents do not hold.

    A ValueError too: upstream raises one where a key is missing, and catches it where it can do without.
    """

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(MESSAGES[kind].format(name=name, shutdown="ctx.shutdown()"))
        self.kind = kind
        self.name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return BlockedError, (self.kind, self.name)
