"""Plugins made up for a test: modules below `livekit.plugins` in a folder of their own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


@contextmanager
def plugin_folder(folder: Path, files: dict[str, str]) -> Iterator[None]:
    """`files`: path below `livekit/plugins` -> source. What was imported of them is forgotten at the end."""
    for path, source in files.items():
        file = folder / "livekit" / "plugins" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.path_importer_cache.pop(str(folder), None)
        for name in set(sys.modules) - before:
            if "plugins" in name.split("."):
                del sys.modules[name]
        for package in ("livekit.plugins", "bayer_livekit_sdk.plugins"):
            for path in files:
                vars(sys.modules.get(package, ModuleType(package))).pop(path.partition("/")[0], None)
