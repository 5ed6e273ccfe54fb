"""The catalogue, and what is written from it: the extras, the types and the page of the guide."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

PYTHON = Path(__file__).resolve().parent.parent
CATALOGUE: dict[str, Any] = json.loads(
    (PYTHON / "src" / "bayer_livekit_sdk" / "plugins" / "catalogue.json").read_text(encoding="utf-8")
)
PLUGINS: list[dict[str, Any]] = CATALOGUE["plugins"]
FITTING = [plugin for plugin in PLUGINS if plugin["extra"] is not None]


@pytest.fixture
def render(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PYTHON / "tools"))
    yield importlib.import_module("inspection.render")
    for name in [name for name in sys.modules if name.startswith("inspection")]:
        del sys.modules[name]


def test_there_are_more_than_sixty_plugins_and_every_one_imports() -> None:
    assert len(FITTING) > 60
    assert [plugin["name"] for plugin in FITTING if not plugin["versions"]["1.4.6"]["imports"]] == []


def test_whatever_is_blocked_names_what_was_called() -> None:
    for plugin in PLUGINS:
        for found in plugin["versions"].values():
            assert found["verdict"] in {"works", "partly", "blocked"}
            if found["verdict"] == "blocked":
                assert found["blocked"], plugin["name"]


def test_every_avatar_has_an_answer() -> None:
    avatars = {
        plugin["name"]: plugin["versions"]["1.4.6"]["verdict"] for plugin in FITTING if "avatar" in plugin["kinds"]
    }
    assert len(avatars) >= 9
    assert set(avatars.values()) <= {"blocked", "partly"}


def test_the_extras_are_those_of_the_catalogue(render: Any) -> None:
    project = (PYTHON / "pyproject.toml").read_text(encoding="utf-8")
    assert render.extras(CATALOGUE) in project


def test_the_categories_hold_what_their_names_say(render: Any) -> None:
    lines = dict(line.split(" = ", 1) for line in render.extras(CATALOGUE).splitlines()[1:])
    for category, some in {
        "stt": ["assemblyai", "aws", "azure", "deepgram", "google", "groq", "openai"],
        "tts": ["aws", "azure", "cartesia", "deepgram", "elevenlabs", "google", "openai"],
        "llm": ["anthropic", "google", "groq", "openai", "mistralai", "langchain"],
        "avatar": ["anam", "avatario", "bithuman", "hedra", "liveavatar", "simli", "tavus"],
        "audio": ["silero", "noise-cancellation", "turn-detector"],
    }.items():
        assert set(some) <= set(lines[category].split("[")[2].split("]")[0].split(","))
    assert {plugin["extra"] for plugin in FITTING} == set(lines["all"].split("[")[2].split("]")[0].split(","))
    assert lines["ollama"] == lines["deepseek"] == '["bayer-livekit-sdk[openai]"]'


def test_the_types_are_those_of_the_catalogue(render: Any) -> None:
    assert render.TYPES.read_text(encoding="utf-8") == render.types(CATALOGUE)


def test_the_page_is_that_of_the_catalogue(render: Any) -> None:
    npm = json.loads((PYTHON / "tools" / "inspection" / "npm.json").read_text(encoding="utf-8"))
    assert render.PAGE.read_text(encoding="utf-8") == render.page(CATALOGUE, npm)
