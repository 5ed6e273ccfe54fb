"""
Runs inside a scratch environment: imports each plugin in a process of its own, with the SDK's blocks, and tries it.

`python -m inspection.probe` reads `{plugin: [variable, ..]}` and prints `{plugin: what was seen}`, as JSON. There are
no accounts: the variables get dummy values, and nothing is called but constructors and what is blocked.
"""

import asyncio
import importlib
import inspect
import json
import os
import signal
import sys
from types import ModuleType
from typing import Any

_DUMMY = "dummy"
_CREDENTIALS = ("_API_KEY", "_KEY", "_KEY_ID", "_SECRET", "_API_TOKEN", "_ACCESS_TOKEN")
_SECONDS = 120


def probe(plugin: str, variables: list[str]) -> dict[str, Any]:
    os.environ.update({name: _DUMMY for name in variables if name.endswith(_CREDENTIALS)})
    try:
        module = importlib.import_module(f"livekit.plugins.{plugin}")
    except BaseException as error:
        return {"imports": False, "error": _said(error)}
    classes = _kinds(module)
    return {
        "imports": True,
        "kinds": sorted({kind for kind, _ in classes}),
        "constructed": {cls.__qualname__: asyncio.run(_construct(cls)) for _, cls in classes},
        "blocked": _blocked(plugin),
        "ways": _ways(module),
    }


def _kinds(module: ModuleType) -> list[tuple[str, type]]:
    """What the plugin exports, by the interfaces of livekit-agents."""
    from livekit.agents import llm, stt, tts, vad

    bases: list[tuple[str, type]] = [("stt", stt.STT), ("tts", tts.TTS), ("llm", llm.LLM), ("vad", vad.VAD)]
    bases.append(("realtime", llm.RealtimeModel))
    found = []
    for name in dir(module):
        value = getattr(module, name)
        if not isinstance(value, type):
            inner = getattr(value, "RealtimeModel", None) if isinstance(value, ModuleType) else None
            value = inner if isinstance(inner, type) else None
        if value is None or not value.__module__.startswith("livekit.plugins."):
            continue
        kinds = [kind for kind, base in bases if issubclass(value, base)]
        if name == "AvatarSession" or any(base.__name__ == "AvatarSession" for base in value.__mro__):
            kinds.append("avatar")
        found.extend((kind, value) for kind in kinds)
    return found


async def _construct(cls: type) -> str:
    """`yes`, or what it says."""
    from livekit.agents.utils import http_context

    http_context._new_session_ctx()
    try:
        getattr(cls, "load", cls)()
    except BaseException as error:
        return _said(error)
    return "yes"


def _blocked(plugin: str) -> dict[str, str]:
    """Calls whatever carries a guard, without keys; the object itself is an empty one."""
    said: dict[str, str] = {}
    prefix = f"livekit.plugins.{plugin}"
    modules = [module for name, module in list(sys.modules.items()) if name == prefix or name.startswith(f"{prefix}.")]
    for module in modules:
        for cls in [value for value in list(vars(module).values()) if isinstance(value, type)]:
            for name, member in list(vars(cls).items()):
                if cls.__module__ == module.__name__ and getattr(member, "__lkps_guarded__", False):
                    said[f"{cls.__module__}:{cls.__qualname__}.{name}"] = _call(cls, member)
    return said


def _call(cls: type, member: Any) -> str:
    required = [
        parameter
        for parameter in list(inspect.signature(member).parameters.values())[1:]
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]
    try:
        result = member(cls.__new__(cls), **{parameter.name: None for parameter in required})
        if inspect.iscoroutine(result):
            result.close()
    except BaseException as error:
        return _said(error)
    return "nothing"


def _ways(module: ModuleType) -> list[str]:
    """`LLM.with_ollama`..: constructors for services that speak another one's protocol."""
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    return sorted(f"{cls.__name__}.{name}" for cls in classes for name in vars(cls) if name.startswith("with_"))


def _said(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}".strip()


def apart(plugin: str, variables: list[str]) -> dict[str, Any]:
    """In a child: what one plugin does to a process is not seen by the next."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.dup2(2, 1)
        signal.alarm(_SECONDS)
        answer = json.dumps(probe(plugin, variables)).encode()
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(answer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0 or not answer:
        return {"imports": False, "error": f"its process ended with status {status}"}
    result: dict[str, Any] = json.loads(answer)
    return result


def main() -> None:
    from bayer_livekit_sdk._blocked import install_blocks

    install_blocks()
    wanted: dict[str, list[str]] = json.load(sys.stdin)
    print(json.dumps({plugin: apart(plugin, variables) for plugin, variables in wanted.items()}))


if __name__ == "__main__":
    main()
