"""What stands for a plugin that is not installed."""

from typing import Any, NoReturn

from ._catalogue import extras

MISSING = 'the plugin {plugin} is not installed: pip install "bayer-livekit-sdk[{extra}]"'
"""sdk/vectors/messages.json has the same text."""
TOO_NEW = "the plugin {plugin} is not installed: no version of it fits the livekit-agents of this SDK"


class MissingPluginError(ModuleNotFoundError):
    """A plugin is used that is not installed; says what to install."""

    def __init__(self, plugin: str) -> None:
        extra = extras().get(plugin)
        text = TOO_NEW if extra is None else MISSING
        super().__init__(text.format(plugin=plugin, extra=extra), name=f"livekit.plugins.{plugin}")
        self.plugin = plugin

    def __reduce__(self) -> tuple[Any, ...]:
        return MissingPluginError, (self.plugin,)


class MissingPlugin:
    """Falsy. Any use of it but a look at its repr raises `MissingPluginError`."""

    def __init__(self, plugin: str) -> None:
        self.__dict__["__name__"] = plugin

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{MissingPluginError(self.__dict__['__name__'])}>"

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__") and name.endswith("__"):  # Python's own looks, at import and by inspection
            raise AttributeError(name)
        raise MissingPluginError(self.__dict__["__name__"])

    def __call__(self, *_: object, **__: object) -> NoReturn:
        raise MissingPluginError(self.__dict__["__name__"])

    def __reduce__(self) -> tuple[Any, ...]:
        return MissingPlugin, (self.__dict__["__name__"],)
