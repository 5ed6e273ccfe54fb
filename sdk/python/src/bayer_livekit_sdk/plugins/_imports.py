"""`bayer_livekit_sdk.plugins.x` is the very module `livekit.plugins.x`, as an attribute and as an import."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from ._catalogue import advice, extras
from ._missing import MissingPlugin, MissingPluginError

_OURS = __name__.rpartition(".")[0] + "."
_THEIRS = "livekit.plugins"


def installed() -> frozenset[str]:
    """The plugins that are there, also those the catalogue does not know."""
    try:
        namespace = importlib.import_module(_THEIRS)
    except ModuleNotFoundError:
        return frozenset()
    return frozenset(module.name for module in pkgutil.iter_modules(namespace.__path__))


def plugin(name: str) -> ModuleType | MissingPlugin:
    """
    The plugin, or what stands for it where it is not installed.

    :raises AttributeError: there is no plugin of that name
    :raises ImportError: it is installed and cannot be imported; says what the plugin itself says
    """
    if _is_installed(name):
        return _load(f"{_THEIRS}.{name}")
    if name in extras():
        return MissingPlugin(name)
    raise AttributeError(_unknown(name))


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(f"{_THEIRS}.{name}") is not None
    except ModuleNotFoundError:  # no plugin at all is installed
        return False


def _unknown(name: str) -> str:
    return f"there is no plugin {name}{advice(name)}"


def _load(module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except AttributeError as error:  # an import statement would turn it into "cannot import name"
        raise ImportError(f"{module} is installed, but cannot be imported: {error}", name=module) from error


class _Plugins(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        name = fullname.removeprefix(_OURS)
        if name == fullname or name.startswith("_"):
            return None
        top = name.partition(".")[0]
        if not _is_installed(top):
            raise MissingPluginError(top) if top in extras() else ImportError(_unknown(top), name=fullname)
        return ModuleSpec(fullname, _Alias(f"{_THEIRS}.{name}"))


class _Alias(Loader):
    """Loads nothing: the import system overwrites the module's spec, and this puts it back."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = _load(self._name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def install_finder() -> None:
    if not any(isinstance(finder, _Plugins) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Plugins())
