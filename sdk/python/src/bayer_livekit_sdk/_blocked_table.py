"""What is blocked in which module of upstream: the guards that are put there once it is imported."""

import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from . import _around as around
from ._blocked_error import BlockedError
from ._blocked_guard import Arguments, Check, guard, is_given, literals, parameters

_WORKER = "livekit.agents.worker"
"""Upstream's worker signs with the placeholder, and the SDK puts the platform's token in its place."""


def always(kind: str, name: str) -> Check:
    def check(_: Arguments) -> NoReturn:
        raise BlockedError(kind, name)

    return check


def unless_keys(kind: str, name: str, *, key: str = "api_key", secret: str = "api_secret") -> Check:
    """Passes where the caller gives key and secret, or a finished token. What an environment holds does not count."""

    def check(given: Arguments) -> None:
        own = given.get(key) != around.PLACEHOLDER_KEY or sys._getframe(2).f_globals.get("__name__") == _WORKER
        if not (own and is_given(given.get(key)) and is_given(given.get(secret))) and not is_given(given.get("token")):
            raise BlockedError(kind, name)

    return check


def if_set(option: str, kind: str, name: str) -> Check:
    def check(given: Arguments) -> None:
        if given.get(option):
            raise BlockedError(kind, name)

    return check


def _access_token(module: ModuleType) -> None:
    guard(module.AccessToken, "__init__", unless_keys("livekit_key", "livekit.api.AccessToken"))


def _livekit_api(module: ModuleType) -> None:
    guard(module.LiveKitAPI, "__init__", unless_keys("api", "livekit.api.LiveKitAPI"))


def _job(module: ModuleType) -> None:
    def api(_: Any) -> NoReturn:
        raise BlockedError("api", "ctx.api")

    if hasattr(module, "is_cloud"):  # nothing of a session goes to LiveKit Cloud, whatever the server is called
        module.is_cloud = lambda _: False  # type: ignore[attr-defined]
    context = module.JobContext
    context.api = property(api)
    guard(context, "delete_room", always("delete_room", "ctx.delete_room()"))
    for name in ("add_sip_participant", "transfer_sip_participant"):
        guard(context, name, always("sip", f"ctx.{name}()"))


def _warm_transfer(module: ModuleType) -> None:
    for cls in _classes(module):
        if cls.__name__.endswith("WarmTransferTask") and "__init__" in vars(cls):
            guard(cls, "__init__", always("sip", cls.__name__))


def _end_call(module: ModuleType) -> None:
    """Upstream's default is to delete the room; here its default is to leave it."""

    def check(given: Arguments) -> None:
        if given.get("delete_room"):
            raise BlockedError("delete_room", "EndCallTool(delete_room=True)")
        given["delete_room"] = False

    guard(module.EndCallTool, "__init__", check)


def _room_io(module: ModuleType) -> None:
    def check(given: Arguments) -> None:
        if getattr(given.get("options"), "delete_room_on_close", False):
            raise BlockedError("delete_room", "delete_room_on_close")

    guard(module.RoomIO, "__init__", check)


def _avatar_base(module: ModuleType) -> None:
    """An avatar that ends is not put out of the room by the server API (1.5 and later): it leaves by itself."""
    if hasattr(module, "get_job_context"):
        module.get_job_context = lambda **_: None  # type: ignore[attr-defined]


def _jupyter(module: ModuleType) -> None:
    def check(given: Arguments) -> None:
        if not (is_given(given.get("jupyter_url")) or around.has_own_keys(given["server"])):
            raise BlockedError("livekit_key", "jupyter.run_app()")

    guard(module, "run_app", check)


def inference(module: ModuleType) -> None:
    """Every class of the inference gateway: only with a key of a LiveKit Cloud project of the team's own."""
    for cls in _classes(module):
        if {"api_key", "api_secret"} <= parameters(vars(cls).get("__init__")):
            check = _turn_detector if cls.__name__ == "TurnDetector" else _unless_cloud_keys(cls.__name__)
            guard(cls, "__init__", check)


def _has_cloud_keys(given: Arguments) -> bool:
    key = given.get("api_key") or os.environ.get("LIVEKIT_INFERENCE_API_KEY")
    secret = given.get("api_secret") or os.environ.get("LIVEKIT_INFERENCE_API_SECRET")
    return is_given(key) and is_given(secret)


def _unless_cloud_keys(name: str) -> Check:
    def check(given: Arguments) -> None:
        if not _has_cloud_keys(given):
            raise BlockedError("inference", f"inference.{name}")

    return check


def _turn_detector(given: Arguments) -> None:
    """The model v1 runs at the gateway, v1-mini in the agent: without a key an unnamed one is v1-mini."""
    if _has_cloud_keys(given):
        return
    if given.get("version") == "v1":
        raise BlockedError("inference", 'inference.TurnDetector(version="v1")')
    given.setdefault("version", "v1-mini")


def plugin(module: ModuleType) -> None:
    """Whatever takes `livekit_api_key` and looks for LIVEKIT_API_KEY where it is not given: avatars."""
    parts = module.__name__.split(".")
    for cls in _classes(module):
        for name, member in list(vars(cls).items()):
            if "livekit_api_key" in parameters(member) and "LIVEKIT_API_KEY" in literals(member):
                shown = f"{parts[2]}.{cls.__name__}{_method(name)}"
                check = unless_keys("livekit_key", shown, key="livekit_api_key", secret="livekit_api_secret")
                guard(cls, name, check)


def _method(name: str) -> str:
    """How a method is shown: `.start()`; one that is not called from outside by its meaning."""
    if name == "__init__":
        return ""
    return f" ({name.strip('_').replace('_', ' ')})" if name.startswith("_") else f".{name}()"


def _classes(module: ModuleType) -> list[type]:
    return [cls for cls in vars(module).values() if isinstance(cls, type) and cls.__module__ == module.__name__]


TABLE: dict[str, Callable[[ModuleType], None]] = {
    "livekit.api.access_token": _access_token,
    "livekit.api.livekit_api": _livekit_api,
    "livekit.agents.job": _job,
    "livekit.agents.beta.workflows.warm_transfer": _warm_transfer,
    "livekit.agents.beta.tools.end_call": _end_call,
    "livekit.agents.voice.room_io.room_io": _room_io,
    "livekit.agents.voice.avatar._types": _avatar_base,
    "livekit.agents.jupyter": _jupyter,
    "livekit.agents.cli": around.command_line,
    "livekit.agents.cli.cli": around.command_line,
    "livekit.agents.worker": around.server,
}
PREFIXES: dict[str, Callable[[ModuleType], None]] = {
    "livekit.agents.inference.": inference,
    "livekit.plugins.": plugin,
}


def block(module: ModuleType) -> None:
    """Puts the guards that belong into this module; none where it is of no concern."""
    rule = rule_of(module.__name__)
    if rule is not None:
        rule(module)


def rule_of(name: str) -> Callable[[ModuleType], None] | None:
    for prefix, rule in PREFIXES.items():
        if name.startswith(prefix):
            return rule
    return TABLE.get(name)
