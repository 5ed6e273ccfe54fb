"""What is written from the catalogue: the extras, the types of the facade, and the page of the guide."""

import re
from pathlib import Path
from typing import Any

from .render_page import page

_PYTHON = Path(__file__).resolve().parent.parent.parent
PYPROJECT = _PYTHON / "pyproject.toml"
TYPES = _PYTHON / "src" / "bayer_livekit_sdk" / "plugins" / "_types.pyi"
PAGE = _PYTHON.parent.parent / "docs" / "sdk-plugins.md"

_SECTION = re.compile(r"^\[project\.optional-dependencies\][^\n]*\n.*?(?=^\[)", re.MULTILINE | re.DOTALL)
_BEFORE = "[tool.hatch.build.targets.wheel]\n"
ALIASES = {"ollama": "openai", "deepseek": "openai"}
"""Extras for services that are ways of another plugin."""

CATEGORIES: dict[str, frozenset[str]] = {
    "stt": frozenset({"stt"}),
    "tts": frozenset({"tts"}),
    "llm": frozenset({"llm", "realtime"}),
    "avatar": frozenset({"avatar"}),
    "audio": frozenset({"audio", "vad", "turn"}),
}


def write_all(catalogue: dict[str, Any], npm: dict[str, Any]) -> None:
    project = PYPROJECT.read_text(encoding="utf-8")
    PYPROJECT.write_text(with_extras(project, catalogue), encoding="utf-8")
    TYPES.write_text(types(catalogue), encoding="utf-8")
    PAGE.write_text(page(catalogue, npm), encoding="utf-8")


def with_extras(project: str, catalogue: dict[str, Any]) -> str:
    """The text of a pyproject.toml with its section of extras made anew."""
    rest = _SECTION.sub("", project)
    return rest.replace(_BEFORE, f"{extras(catalogue)}\n{_BEFORE}", 1)


def extras(catalogue: dict[str, Any]) -> str:
    """The section `[project.optional-dependencies]`: one extra a plugin, and one a category."""
    plugins = [plugin for plugin in catalogue["plugins"] if plugin["extra"] is not None]
    lines = {plugin["extra"]: plugin["requirements"] for plugin in plugins}
    lines.update({alias: [_ours([extra])] for alias, extra in ALIASES.items()})
    for category, kinds in CATEGORIES.items():
        lines[category] = [_ours([plugin["extra"] for plugin in plugins if kinds & set(plugin["kinds"])])]
    lines["all"] = [_ours([plugin["extra"] for plugin in plugins])]
    body = "".join(f"{name} = [{', '.join(map(_quoted, wanted))}]\n" for name, wanted in lines.items())
    return f"[project.optional-dependencies] # by tools/inspect_plugins.py\n{body}"


def types(catalogue: dict[str, Any]) -> str:
    """A stub that re-exports the plugins: with their types where they are installed, as Any where not."""
    names = [plugin["name"] for plugin in catalogue["plugins"]]
    imports = "".join(f"from livekit.plugins import {name} as {name}\n" for name in names)
    head = (
        "# By tools/inspect_plugins.py. Most plugins are not installed where this is checked.\n# mypy: ignore-errors\n"
    )
    return f"{head}\n{imports}"


def _ours(names: list[str]) -> str:
    return f"bayer-livekit-sdk[{','.join(names)}]"


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'
