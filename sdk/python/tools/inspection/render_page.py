# ruff: noqa: E501  (Markdown)
"""docs/sdk-plugins.md."""

from typing import Any

from .notes import REPLACED
from .render_node import UNPADDED, node

_LABELS = {
    "stt": "speech to text",
    "tts": "text to speech",
    "llm": "LLM",
    "realtime": "realtime model",
    "vad": "voice activity",
    "turn": "turn detection",
    "audio": "noise cancellation",
    "avatar": "avatar",
    "other": "other",
}
_HEAD = """# Plugins and helpers in the agent SDK

Agents of the platform hold no LiveKit API key. Most of LiveKit Agents never needs one. This page lists every plugin and
every helper of the library, says which of the two it is, and how that was found.

The page is made by `sdk/python/tools/inspect_plugins.py`. For each version of `livekit-agents` in the tables it installs
all plugins on Python 3.12, imports them with the SDK's blocks in place, looks in their syntax trees for whatever uses a
LiveKit key, makes what needs no account (with dummy keys of the providers), and calls what is blocked. It fails where a
use of a key turns up that no row stands for. No provider was called: that a plugin _works_ means that nothing in it asks
for a LiveKit key, and that it imports; whether the provider's service does is the provider's.

## Installing plugins

```
pip install "bayer-livekit-sdk[openai,aws,silero]"
```

Categories: `[stt]`, `[tts]`, `[llm]`, `[avatar]`, `[audio]`, and `[all]`. `[ollama]` and `[deepseek]` install the `openai`
plugin, which speaks to them.

```python
from bayer_livekit_sdk.plugins import openai, silero
from bayer_livekit_sdk.plugins.turn_detector.multilingual import MultilingualModel
```

These are the very modules of `livekit.plugins`. A plugin that is not installed is falsy; using it raises
`MissingPluginError` (a `ModuleNotFoundError`), which says what to install. A plugin that is installed and does not import
shows its own error. Plugins of other publishers are found too, once they are installed; they are not in the tables, and
what they do with a LiveKit key is blocked all the same.

The extras add what a fresh installation of `livekit-agents` 1.4.6 lacks, each seen to fail without it: `anthropic<1`,
`mistralai<2`, `livekit-plugins-google~=1.4.4`, `aws-sdk-transcribe-streaming<0.3` and `smithy-http[awscrt]` for `aws`,
`python-socketio` for `upliftai`.

## What blocked means

The call raises `BlockedError` (a `RuntimeError`) at once, in the agent's process and in every job process, with one message
that says what to do instead. Nothing asks for `LIVEKIT_API_KEY`. Keys given as arguments pass: another LiveKit of a team's
own works as it does without the SDK. `LIVEKIT_INFERENCE_API_KEY` and `LIVEKIT_INFERENCE_API_SECRET` of a team's own LiveKit
Cloud project work for the inference gateway.

Avatars that are blocked mint a LiveKit token, with which the avatar's service joins the room. The platform gives out no
such token. `livekit_api_key` and `livekit_api_secret` as arguments pass, but they are those of another LiveKit.

"""


def page(catalogue: dict[str, Any], npm: dict[str, Any]) -> str:
    old, new = catalogue["livekit-agents"]
    return _HEAD + _plugins(catalogue, old, new) + _helpers(catalogue, old, new) + node(npm)


def _plugins(catalogue: dict[str, Any], old: str, new: str) -> str:
    plugins = catalogue["plugins"]
    fits = [plugin for plugin in plugins if plugin["extra"] is not None]
    counts = {verdict: sum(plugin["versions"][old]["verdict"] == verdict for plugin in fits) for verdict in _VERDICTS}
    text = f"## Plugins\n\n{len(fits)} plugins fit `livekit-agents` {old}: "
    text += ", ".join(f"{count} {_VERDICTS[verdict]}" for verdict, count in counts.items() if count)
    text += f". The others of the {len(plugins)} came later, and have no extra.\n\n"
    text += f"{UNPADDED}| plugin | for | extra | {old} | {new} | blocked, remarks |\n| --- | --- | --- | --- | --- | --- |\n"
    return text + "".join(_row(plugin, old, new) for plugin in plugins) + "\n" + _ways(catalogue)


_VERDICTS = {"works": "work", "partly": "work in part", "blocked": "are blocked", "broken": "do not import"}


def _row(plugin: dict[str, Any], old: str, new: str) -> str:
    versions = plugin["versions"]
    blocked = sorted({_shown(site) for found in versions.values() for site in found.get("blocked", ())})
    remark = "; ".join([*(f"`{name}`" for name in blocked), *([plugin["remark"]] if plugin["remark"] else [])])
    cells = [
        f"`{plugin['name']}`",
        ", ".join(_LABELS[kind] for kind in plugin["kinds"]),
        f"`{plugin['extra']}`" if plugin["extra"] else "",
        *(_cell(versions.get(version)) for version in (old, new)),
        remark,
    ]
    return f"| {' | '.join(cells)} |\n"


def _cell(found: dict[str, Any] | None) -> str:
    return "none" if found is None else f"{found['verdict']} ({found['version']})"


def _shown(site: str) -> str:
    """`livekit.plugins.tavus.avatar:AvatarSession.start` -> `AvatarSession.start()`."""
    return f"{site.partition(':')[2].removesuffix('.__init__')}()"


def _ways(catalogue: dict[str, Any]) -> str:
    ways = ", ".join(f"{name} (`{way}`)" for name, way in catalogue["ways"].items())
    return f"Services without a plugin of their own: {ways}.\n\n"


def _helpers(catalogue: dict[str, Any], old: str, new: str) -> str:
    text = "## Helpers of the library\n\n"
    text += f"{UNPADDED}| helper | {old} | {new} | instead, remarks |\n| --- | --- | --- | --- |\n"
    for helper in catalogue["helpers"]:
        versions = helper["versions"]
        text += f"| `{helper['name']}` | {versions[old]} | {versions[new]} | {helper['remark']} |\n"
    rest = "\n".join(f"- {text}" for text in REPLACED)
    return f"{text}\nNot used any more:\n\n{rest}\n\n"
