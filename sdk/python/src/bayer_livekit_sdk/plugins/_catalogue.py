"""Which plugins there are, by their import name. The data is made by tools/inspect_plugins.py."""

import difflib
import functools
import json
from importlib import resources
from typing import Any


@functools.cache
def _data() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("catalogue.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@functools.cache
def extras() -> dict[str, str | None]:
    """Import name -> the extra that installs it; None where no version of it fits this SDK's livekit-agents."""
    return {entry["name"]: entry["extra"] for entry in _data()["plugins"]}


def advice(name: str) -> str:
    """What may have been meant by a name that is no plugin's; empty where nothing is near."""
    way: str | None = _data()["ways"].get(name)
    if way is not None:
        return f": use {way}"
    near = difflib.get_close_matches(name, extras(), n=1)
    return f": did you mean {near[0]}?" if near else ""
