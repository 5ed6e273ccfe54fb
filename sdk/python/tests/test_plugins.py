"""The facade: `bayer_livekit_sdk.plugins` is `livekit.plugins`, and says what to install."""

import importlib
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bayer_livekit_sdk import plugins
from bayer_livekit_sdk.plugins import MissingPluginError
from bayer_livekit_sdk.plugins._missing import MISSING, TOO_NEW
from plugin_folder import plugin_folder
from vectors import vectors

FILES = {
    "tavus/__init__.py": "NAME = 'tavus'",
    "tavus/deep/__init__.py": "",
    "tavus/deep/model.py": "class Model: pass",
    "hedra/__init__.py": "import a_package_that_is_not_there",
    "simli/__init__.py": "import sys; sys.no_such_thing",
    "of_somebody_else/__init__.py": "NAME = 'somebody'",
}


@pytest.fixture(autouse=True)
def _some_are_installed(tmp_path: Path) -> Iterator[None]:
    with plugin_folder(tmp_path, FILES):
        yield


def test_an_installed_plugin_is_the_very_module() -> None:
    from bayer_livekit_sdk.plugins import tavus

    assert tavus is importlib.import_module("livekit.plugins.tavus")
    assert tavus is importlib.import_module("bayer_livekit_sdk.plugins.tavus")
    assert tavus.__spec__ is not None
    assert tavus.__spec__.name == "livekit.plugins.tavus"


def test_so_are_its_submodules() -> None:
    ours = importlib.import_module("bayer_livekit_sdk.plugins.tavus.deep.model")
    assert ours is importlib.import_module("livekit.plugins.tavus.deep.model")
    assert ours is sys.modules["livekit.plugins.tavus.deep.model"]


def test_plugins_of_other_publishers_are_found() -> None:
    assert plugins.of_somebody_else.NAME == "somebody"
    assert "of_somebody_else" in dir(plugins)


def test_one_that_is_not_installed_is_falsy_and_says_what_to_install() -> None:
    from bayer_livekit_sdk.plugins import avatario

    message = 'the plugin avatario is not installed: pip install "bayer-livekit-sdk[avatario]"'
    assert not avatario
    assert repr(avatario) == f"<{message}>"
    absent: Any = avatario
    for use in (lambda: absent.STT, absent, lambda: absent.AvatarSession.start):
        with pytest.raises(MissingPluginError) as raised:
            use()
        assert str(raised.value) == message
    with pytest.raises(ModuleNotFoundError) as not_found:
        importlib.import_module("bayer_livekit_sdk.plugins.avatario.models")
    assert str(not_found.value) == message


def test_the_message_is_the_shared_one() -> None:
    assert vectors("messages")["missing_plugin"] == MISSING


def test_the_extra_has_its_own_name() -> None:
    assert str(MissingPluginError("turn_detector")).endswith('"bayer-livekit-sdk[turn-detector]"')


def test_one_that_came_later_is_not_offered_for_installation() -> None:
    assert str(MissingPluginError("cerebras")) == TOO_NEW.format(plugin="cerebras")


def test_what_stands_for_a_plugin_crosses_the_process_boundary() -> None:
    copy = pickle.loads(pickle.dumps(plugins.avatario))  # noqa: S301
    assert not copy
    assert repr(copy) == repr(plugins.avatario)
    assert not hasattr(copy, "__path__")


def test_a_broken_plugin_shows_its_own_error() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'a_package_that_is_not_there'$"):
        from bayer_livekit_sdk.plugins import hedra  # noqa: F401
    with pytest.raises(
        ImportError, match=r"^livekit\.plugins\.simli is installed, but cannot be imported: .*no_such_thing"
    ):
        from bayer_livekit_sdk.plugins import simli  # noqa: F401


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("opnai", "there is no plugin opnai: did you mean openai?"),
        ("ollama", "there is no plugin ollama: use openai.LLM.with_ollama()"),
        ("qqq", "there is no plugin qqq"),
    ],
)
def test_an_unknown_name_says_what_may_be_meant(name: str, advice: str) -> None:
    with pytest.raises(AttributeError) as raised:
        getattr(plugins, name)
    assert str(raised.value) == advice
    with pytest.raises(ImportError) as not_found:
        exec(f"from bayer_livekit_sdk.plugins import {name}")  # noqa: S102
    assert str(not_found.value) == advice


def test_a_submodule_that_is_not_there_is_said_by_its_name() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"livekit\.plugins\.tavus\.nothing"):
        importlib.import_module("bayer_livekit_sdk.plugins.tavus.nothing")


def test_the_catalogue_is_listed() -> None:
    assert {"openai", "silero", "turn_detector", "noise_cancellation", "tavus"} <= set(dir(plugins))
