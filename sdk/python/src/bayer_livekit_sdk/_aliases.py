"""Imports that are the very modules of upstream: `bayer_livekit_sdk.agents.llm` is `livekit.agents.llm`."""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

_PREFIXES = {"bayer_livekit_sdk.agents.": "livekit.agents."}


class _Aliases(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        for ours, theirs in _PREFIXES.items():
            name = theirs + fullname[len(ours) :]
            if fullname.startswith(ours) and find_spec(name) is not None:
                return ModuleSpec(fullname, _Alias(name))
        return None


class _Alias(Loader):
    """Loads nothing: the import system overwrites the module's spec, and this puts it back."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def install_aliases() -> None:
    if not any(isinstance(finder, _Aliases) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Aliases())
