"""What an agent tries in a job that it has no key for, and what its process holds."""

import asyncio
import os
import re
from collections.abc import Callable

from bayer_livekit_sdk.agents import JobContext, get_job_context, inference
from livekit import api

TOKEN = re.compile(r"eyJ[\w-]+\.eyJ")
OWN_SECRET = "a-secret-of-a-livekit-of-ones-own-0123456789"


async def probe(ctx: JobContext) -> dict[str, list[str]]:
    """Name of the attempt -> [type of the error, its text]; ["", ""] where there was none."""
    attempts: dict[str, Callable[[], object]] = {
        "api": lambda: ctx.api,
        "api of get_job_context": lambda: get_job_context().api,
        "delete_room": ctx.delete_room,
        "add_sip_participant": lambda: ctx.add_sip_participant(
            call_to="+1", trunk_id="trunk", participant_identity="caller"
        ),
        "transfer_sip_participant": lambda: ctx.transfer_sip_participant("caller", "+1"),
        "LiveKitAPI": api.LiveKitAPI,
        "AccessToken": api.AccessToken,
        "inference": lambda: inference.LLM("openai/gpt-4.1-mini"),
        "AccessToken with a key of one's own": lambda: api.AccessToken("key", OWN_SECRET).to_jwt(),
    }
    answers = {name: outcome(attempt) for name, attempt in attempts.items()}
    answers["api in a thread"] = await asyncio.to_thread(outcome, attempts["api"])
    return answers


def outcome(attempt: Callable[[], object]) -> list[str]:
    try:
        attempt()
    except BaseException as error:
        kind = RuntimeError if isinstance(error, RuntimeError) else type(error)
        return [kind.__name__, str(error)]
    return ["", ""]


def environment() -> dict[str, object]:
    """Names of all variables; of those of LiveKit also the values; which hold a token."""
    livekit = {name: value for name, value in os.environ.items() if name.startswith("LIVEKIT_")}
    tokens = [name for name, value in os.environ.items() if TOKEN.search(value)]
    return {"names": sorted(os.environ), "livekit": livekit, "tokens": tokens}
