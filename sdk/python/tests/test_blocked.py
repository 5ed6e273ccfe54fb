"""What needs a LiveKit API key raises the one message for it, and nothing else is touched."""

import pickle
from collections.abc import Callable
from typing import Any, cast

import pytest
from livekit import api
from livekit.agents import AgentSession, JobContext, inference
from livekit.agents.beta.tools import EndCallTool
from livekit.agents.beta.workflows import TaskGroup, WarmTransferTask
from livekit.agents.voice.room_io import RoomIO, RoomOptions

from bayer_livekit_sdk._blocked import BlockedError, install_blocks
from bayer_livekit_sdk._blocked_error import MESSAGES
from vectors import vectors

install_blocks()
KEY, SECRET = "of-another-livekit", "its-secret-of-at-least-32-characters"
context: Any = JobContext.__new__(JobContext)


def closing_room_io() -> RoomIO:
    nothing = cast(Any, None)
    return RoomIO(nothing, nothing, options=RoomOptions(delete_room_on_close=True))


BLOCKED: list[tuple[str, str, Callable[[], object]]] = [
    ("api", "ctx.api", lambda: context.api),
    ("api", "livekit.api.LiveKitAPI", lambda: api.LiveKitAPI("https://livekit.example")),
    ("livekit_key", "livekit.api.AccessToken", api.AccessToken),
    ("livekit_key", "livekit.api.AccessToken", lambda: api.AccessToken("lkps-no-api-key", "lkps-no-api-secret")),
    ("delete_room", "ctx.delete_room()", context.delete_room),
    ("delete_room", "delete_room_on_close", closing_room_io),
    ("delete_room", "EndCallTool(delete_room=True)", lambda: EndCallTool(delete_room=True)),
    (
        "sip",
        "ctx.add_sip_participant()",
        lambda: context.add_sip_participant(call_to="", trunk_id="", participant_identity=""),
    ),
    ("sip", "ctx.transfer_sip_participant()", lambda: context.transfer_sip_participant("x", "y")),
    ("sip", "WarmTransferTask", lambda: WarmTransferTask("+1", sip_trunk_id="ST_x")),
    ("inference", "inference.LLM", lambda: inference.LLM("openai/gpt-4o-mini")),
    ("inference", "inference.STT", lambda: inference.STT("deepgram/nova-3")),
    ("inference", "inference.TTS", lambda: inference.TTS("cartesia/sonic")),
    ("inference", "inference.STT", lambda: AgentSession(stt="deepgram/nova-3")),
    ("inference", "inference.LLM", lambda: AgentSession(llm="openai/gpt-4o-mini")),
]


@pytest.fixture(autouse=True)
def _a_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts for nothing: only what the caller gives is the caller's own."""
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_TOKEN"):
        monkeypatch.setenv(name, "from-the-environment")


def test_the_messages_are_the_shared_ones() -> None:
    assert vectors("messages")["blocked"] == MESSAGES


@pytest.mark.parametrize(
    ("kind", "name", "use"), BLOCKED, ids=[f"{name} {i}" for i, (_, name, _u) in enumerate(BLOCKED)]
)
async def test_raises_the_one_message(kind: str, name: str, use: Callable[[], object]) -> None:
    with pytest.raises(BlockedError) as raised:
        use()
    assert str(raised.value) == MESSAGES[kind].format(name=name, shutdown="ctx.shutdown()")
    assert isinstance(raised.value, RuntimeError)
    assert "LIVEKIT_" not in str(raised.value)


def test_an_error_crosses_the_process_boundary() -> None:
    error = BlockedError("sip", "WarmTransferTask")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301


async def test_keys_that_the_caller_gives_work_as_upstream() -> None:
    assert api.AccessToken(KEY, SECRET).to_jwt()
    for client in (
        api.LiveKitAPI("https://livekit.example", KEY, SECRET),
        api.LiveKitAPI("https://x.example", token="a"),
    ):
        await client.aclose()
    assert inference.LLM("openai/gpt-4o-mini", api_key=KEY, api_secret=SECRET).model == "openai/gpt-4o-mini"


async def test_a_key_of_livekit_cloud_opens_the_inference_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEKIT_INFERENCE_API_KEY", KEY)
    with pytest.raises(BlockedError):
        inference.TTS("cartesia/sonic")
    monkeypatch.setenv("LIVEKIT_INFERENCE_API_SECRET", SECRET)
    assert inference.TTS("cartesia/sonic").model == "cartesia/sonic"


async def test_what_needs_no_key_works() -> None:
    assert AgentSession() is not None
    assert TaskGroup() is not None
    assert EndCallTool()._delete_room is False
    assert RoomIO(cast(Any, None), cast(Any, None), options=RoomOptions(text_output=False)) is not None


def test_a_wrong_call_says_what_is_wrong_with_it() -> None:
    with pytest.raises(TypeError, match="nonsense"):
        api.AccessToken(nonsense=1)  # type: ignore[call-arg]


def test_installing_twice_puts_one_guard() -> None:
    before = vars(api.AccessToken)["__init__"]
    install_blocks()
    assert vars(api.AccessToken)["__init__"] is before


def test_nothing_of_a_session_goes_to_livekit_cloud() -> None:
    from livekit.agents import job

    is_cloud: Callable[[str], bool] = vars(job)["is_cloud"]
    assert not is_cloud("wss://example.livekit.cloud")
