"""`bayer_livekit_sdk.agents` is `livekit.agents`: the same objects by another name."""

import importlib
import inspect
from pathlib import Path

import livekit.agents
import pytest

import bayer_livekit_sdk
from bayer_livekit_sdk import agents


def test_every_export_is_the_very_object() -> None:
    assert set(agents.__all__) == {*livekit.agents.__all__, "Worker"}
    for name in livekit.agents.__all__:
        assert getattr(agents, name) is getattr(livekit.agents, name)
    assert agents.Worker is bayer_livekit_sdk.Worker


def test_what_upstream_has_besides_is_there_too() -> None:
    assert agents.AgentHandoff is livekit.agents.AgentHandoff
    with pytest.raises(AttributeError):
        _ = getattr(agents, "nothing_" + "of_the_kind")


@pytest.mark.parametrize("name", ["llm", "voice.room_io", "beta.workflows", "utils.aio", "types", "cli.log"])
def test_a_submodule_is_the_very_module_and_stays_as_it_was(name: str) -> None:
    theirs = importlib.import_module(f"livekit.agents.{name}")
    before = (theirs.__name__, theirs.__spec__, theirs.__loader__, theirs.__package__)
    assert importlib.import_module(f"bayer_livekit_sdk.agents.{name}") is theirs
    assert (theirs.__name__, theirs.__spec__, theirs.__loader__, theirs.__package__) == before


def test_what_there_is_not_says_so_by_the_name_that_was_asked_for() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"bayer_livekit_sdk\.agents\.nothing"):
        importlib.import_module("bayer_livekit_sdk.agents.nothing")
    with pytest.raises(ImportError, match=r"cannot import name 'Agnet' from 'bayer_livekit_sdk\.agents'"):
        from bayer_livekit_sdk.agents import Agnet  # type: ignore[attr-defined]  # noqa: F401


def test_every_public_package_of_upstream_has_a_stub() -> None:
    """Type checkers do not see the import hook: each package has a stub that says where its names are."""
    folder = Path(inspect.getfile(agents)).parent
    for name in ("llm", "stt", "tts", "vad", "voice", "utils", "metrics", "inference", "tokenize", "cli", "beta"):
        stub = folder / name / "__init__.pyi" if (folder / name).is_dir() else folder / f"{name}.pyi"
        assert f"from livekit.agents.{name} import *" in stub.read_text()
