"""
Runs inside a scratch environment: tries every helper of livekit-agents that has to do with a LiveKit API key.

`python -m inspection.helpers` prints `{helper: what it says}`, as JSON: `works`, the error, or `not there`.
"""

import asyncio
import importlib
import inspect
import json
import os
from collections.abc import Callable
from typing import Any, cast

Try = Callable[[], Any]


def find(path: str) -> Any:
    """`livekit.agents.beta.tools:EndCallTool`."""
    module, _, name = path.partition(":")
    value = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part)
    return value


def made(path: str, **arguments: Any) -> Try:
    return lambda: find(path)(**arguments)


def of_context(name: str, **arguments: Any) -> Try:
    def call() -> Any:
        context = find("livekit.agents:JobContext")
        member = getattr(context.__new__(context), name)
        return member(**arguments) if callable(member) else member

    return call


def room_io() -> Any:
    options = find("livekit.agents.voice.room_io:RoomOptions")(delete_room_on_close=True)
    return find("livekit.agents.voice.room_io:RoomIO")(cast(Any, None), cast(Any, None), options=options)


def cloud_recording() -> Any:
    """A session on a server that is called like one of LiveKit Cloud: nothing is sent to it."""
    job = importlib.import_module("livekit.agents.job")
    if job.is_cloud("wss://example.livekit.cloud"):
        raise RuntimeError("would be sent")
    return None


def avatar_aclose() -> Any:
    """1.5 and later remove an avatar by the server API when it ends."""
    types = importlib.import_module("livekit.agents.voice.avatar._types")
    avatar = types.AvatarSession
    if "get_job_context" not in vars(types):
        raise AttributeError("AvatarSession.aclose() does not remove anybody")
    return avatar


_AGENTS = "livekit.agents"
TRIES: dict[str, Try] = {
    "ctx.api": of_context("api"),
    "ctx.delete_room()": of_context("delete_room"),
    "ctx.add_sip_participant()": of_context("add_sip_participant", call_to="", trunk_id="", participant_identity=""),
    "ctx.transfer_sip_participant()": of_context("transfer_sip_participant", participant="", transfer_to=""),
    "livekit.api.LiveKitAPI": made("livekit.api:LiveKitAPI", url="https://example.invalid"),
    "livekit.api.AccessToken": made("livekit.api:AccessToken"),
    "delete_room_on_close (RoomOptions)": room_io,
    "EndCallTool(delete_room=True)": made(f"{_AGENTS}.beta.tools:EndCallTool", delete_room=True),
    "EndCallTool()": made(f"{_AGENTS}.beta.tools:EndCallTool"),
    "WarmTransferTask": made(f"{_AGENTS}.beta.workflows:WarmTransferTask", sip_call_to="+1", sip_trunk_id="ST_x"),
    "TwilioConnectorWarmTransferTask": made(
        f"{_AGENTS}.beta.workflows.warm_transfer:TwilioConnectorWarmTransferTask",
        phone_number="+1",
        twilio_from_number="+1",
    ),
    "TaskGroup": made(f"{_AGENTS}.beta.workflows:TaskGroup"),
    "GetEmailTask": made(f"{_AGENTS}.beta.workflows:GetEmailTask"),
    "GetAddressTask": made(f"{_AGENTS}.beta.workflows:GetAddressTask"),
    "GetDtmfTask": made(f"{_AGENTS}.beta.workflows:GetDtmfTask", num_digits=1),
    "inference.LLM": made(f"{_AGENTS}.inference:LLM", model="openai/gpt-4o-mini"),
    "inference.STT": made(f"{_AGENTS}.inference:STT", model="deepgram/nova-3"),
    "inference.TTS": made(f"{_AGENTS}.inference:TTS", model="cartesia/sonic"),
    'AgentSession(stt="deepgram/nova-3")': made(f"{_AGENTS}:AgentSession", stt="deepgram/nova-3"),
    "AgentSession()": made(f"{_AGENTS}:AgentSession"),
    "inference.AdaptiveInterruptionDetector": made(f"{_AGENTS}.inference:AdaptiveInterruptionDetector"),
    "inference.AvatarSession": made(f"{_AGENTS}.inference:AvatarSession", model="lemonslice/x"),
    "inference.DecisionModel": made(f"{_AGENTS}.inference:DecisionModel"),
    "inference.RealtimeModel": made(f"{_AGENTS}.inference:RealtimeModel", model="openai/gpt-realtime"),
    'inference.TurnDetector(version="v1")': made(f"{_AGENTS}.inference:TurnDetector", version="v1"),
    "inference.TurnDetector()": made(f"{_AGENTS}.inference:TurnDetector"),
    "inference.VAD": made(f"{_AGENTS}.inference:VAD"),
    "recording and traces to LiveKit Cloud": cloud_recording,
    "BackgroundAudioPlayer": made(f"{_AGENTS}:BackgroundAudioPlayer"),
    "AMD": made(f"{_AGENTS}:AMD", session=None),
    "AvatarSession.aclose()": avatar_aclose,
    "jupyter.run_app()": made(f"{_AGENTS}.jupyter:run_app", server=None),
}


async def outcome(attempt: Try) -> str:
    from livekit.agents.utils import http_context

    http_context._new_session_ctx()
    try:
        result = attempt()
        if inspect.iscoroutine(result):
            result.close()
    except (AttributeError, ModuleNotFoundError) as error:
        return f"not there: {error}"
    except BaseException as error:
        lines = str(error).strip().splitlines()
        return f"{type(error).__name__}: {lines[0] if lines else ''}"
    return "works"


def main() -> None:
    from bayer_livekit_sdk._blocked import install_blocks

    out = os.dup(1)
    os.dup2(2, 1)
    install_blocks()
    said = {name: asyncio.run(outcome(attempt)) for name, attempt in TRIES.items()}
    with os.fdopen(out, "w") as stdout:
        stdout.write(json.dumps(said))
    os._exit(0)


if __name__ == "__main__":
    main()
