# ruff: noqa: E501  (Markdown)
"""The part of docs/sdk-plugins.md about TypeScript."""

from typing import Any

from .npm import REMARKS, SCOPE

UNPADDED = "<!-- prettier-ignore -->\n"
"""Before a table: prettier would pad all its cells to the longest one."""

_HEAD = f"""## TypeScript

The same holds for `@livekit-platform/agents` on `@livekit/agents` 1.9; `BlockedError` has the same messages. Plugins are
installed and imported by their own names. A module's exports cannot be changed from outside, so the blocks sit at methods
that the library calls on its way:

{UNPADDED}| helper of `@livekit/agents` 1.9 | | how |
| --- | --- | --- |
| `ctx.deleteRoom()` | blocked | rejects; upstream would log and go on |
| `deleteRoomOnClose` | blocked | `session.start()` fails |
| `RoomServiceClient`, `SipClient`, `AgentDispatchClient`, .. without a key of one's own | blocked | every call rejects |
| `new AccessToken()` without a key | upstream's own error | "api-key and api-secret must be set" |
| `WarmTransferTask` | blocked | its constructor throws |
| `createWarmTransferTask()` | fails when it dials | with upstream's "api-key and api-secret must be set" |
| `createEndCallTool()` | works with `deleteRoom: false` | by default it deletes the room, which is blocked and logged at the end |
| `new inference.LLM()`, `STT`, `TTS`, `AvatarSession` | blocked | `inference` as this package exports it; keys given or `LIVEKIT_INFERENCE_*` pass |
| `new AgentSession({{ stt: 'deepgram/nova-3' }})` | blocked | names of models are the inference gateway's |
| `new inference.TurnDetector()` | works | `version: 'v1'` is blocked |
| `AvatarSession.start()` of any plugin that looks for `LIVEKIT_API_KEY` | blocked | `livekitApiKey` and `livekitApiSecret` as arguments pass |

Tarballs were fetched and their code searched; anam, bey and lemonslice were also run, and say the one message.

{UNPADDED}| plugin | version | wants `@livekit/agents` | | remarks |
| --- | --- | --- | --- | --- |
"""


def node(plugins: dict[str, Any]) -> str:
    rows = ""
    for name, found in plugins.items():
        if found is not None:
            remark = REMARKS.get(name, "")
            rows += f"| `{SCOPE}{name}` | {found['version']} | {found['agents']} | {found['verdict']} | {remark} |\n"
    missing = ", ".join(name for name, found in plugins.items() if found is None)
    return (
        f"{_HEAD}{rows}\nNot inspected, because they could not be fetched where this was done: {missing}. "
        "The same guards stand before what they do with a LiveKit key.\n"
    )
