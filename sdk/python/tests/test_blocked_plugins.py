"""Avatars of any plugin that mint a LiveKit token: blocked when they are imported, by whatever name."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bayer_livekit_sdk._blocked import BlockedError, install_blocks
from plugin_folder import plugin_folder

AVATAR = '''
import os

class AvatarSession:
    """Two modes, as bithuman has them."""

    async def start(self, session, room, *, livekit_url=None, livekit_api_key=None, livekit_api_secret=None):
        if not (livekit_api_key or os.getenv("LIVEKIT_API_KEY")):
            raise ValueError("set LIVEKIT_API_KEY")
        return "started"

    async def start_local(self, session, *, livekit_api_key=None):
        return "started"

    async def _start_cloud(self, *, livekit_api_key=None, livekit_api_secret=None):
        return os.getenv("LIVEKIT_API_KEY")
'''


@pytest.fixture
def avatar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("LIVEKIT_API_KEY", "from-the-environment")
    install_blocks()
    with plugin_folder(
        tmp_path, {"madeup/__init__.py": "from .avatar import AvatarSession", "madeup/avatar.py": AVATAR}
    ):
        yield importlib.import_module("livekit.plugins.madeup").AvatarSession()


def test_minting_is_blocked_with_the_one_message(avatar: Any) -> None:
    with pytest.raises(BlockedError, match=r"^madeup\.AvatarSession\.start\(\) is blocked: it needs a LiveKit API key"):
        avatar.start(None, None)
    with pytest.raises(BlockedError, match=r"^madeup\.AvatarSession \(start cloud\) is blocked"):
        avatar._start_cloud()


@pytest.mark.parametrize("given", [{"livekit_api_key": "k"}, {"livekit_api_secret": "s"}, {"livekit_api_key": ""}])
def test_half_a_key_is_none(avatar: Any, given: dict[str, str]) -> None:
    with pytest.raises(BlockedError):
        avatar.start(None, None, **given)


async def test_keys_that_the_caller_gives_pass(avatar: Any) -> None:
    assert await avatar.start(None, None, livekit_api_key="k", livekit_api_secret="s") == "started"


async def test_a_mode_that_needs_no_key_works(avatar: Any) -> None:
    assert await avatar.start_local(None) == "started"


def test_the_module_keeps_its_own_loader_and_spec(avatar: Any) -> None:
    module = sys.modules[type(avatar).__module__]
    assert module.__spec__ is not None
    assert module.__spec__.name == "livekit.plugins.madeup.avatar"
    assert Path(str(module.__file__)).name == "avatar.py"
