"""
Blocks what needs a LiveKit API key, in this process, with one clear error each.

Modules of upstream that are loaded get their guards at once, all others when they are imported, by whatever name.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from ._blocked_error import BlockedError
from ._blocked_table import block, rule_of

__all__ = ["BlockedError", "install_blocks"]


def install_blocks() -> None:
    """May be called any number of times, in every process that runs an agent's code."""
    if not any(isinstance(finder, _AfterImport) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AfterImport())
    for name in [name for name in sys.modules if rule_of(name) is not None]:
        block(sys.modules[name])


class _AfterImport(MetaPathFinder):
    """Finds what the other finders find, and has the module blocked once its code has run."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if rule_of(fullname) is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None:
                _block_after(spec)
                return spec
        return None


def _block_after(spec: ModuleSpec) -> None:
    loader = spec.loader
    if loader is None or not hasattr(loader, "exec_module"):
        return
    execute = loader.exec_module

    def execute_and_block(module: ModuleType) -> None:
        execute(module)
        block(module)

    loader.exec_module = execute_and_block  # type: ignore[method-assign]
