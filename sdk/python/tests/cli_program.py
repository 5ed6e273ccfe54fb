"""The agent file of test_cli.py. `TEST_CREDENTIAL` says how its credential behaves."""

import asyncio
import os
import time
from typing import Any

from bayer_livekit_sdk import Worker
from bayer_livekit_sdk.agents import JobContext


class Own:
    async def get_token(self, *_: str, **__: object) -> Any:
        if os.environ.get("TEST_CREDENTIAL") == "hangs":
            print("asking", flush=True)  # noqa: T201
            await asyncio.sleep(3600)
        return type("Token", (), {"token": "entra-token"})


class OwnSync:
    def get_token(self, *_: str, **__: object) -> Any:
        print("asking", flush=True)  # noqa: T201
        time.sleep(3600)


def block(_: object) -> None:
    print("heard the first", flush=True)  # noqa: T201
    time.sleep(3600)


async def entrypoint(_: JobContext) -> None: ...


def main() -> None:
    worker = Worker(
        credential=OwnSync() if os.environ.get("TEST_CREDENTIAL") == "hangs_on_a_thread" else Own(),
        host="127.0.0.1",
        port=0,
        num_idle_processes=int(os.environ.get("TEST_PROCESSES", "0")),
        initialize_process_timeout=60.0,
        load_fnc=lambda: 0.0,
        max_retry=0 if "TEST_GIVES_UP" in os.environ else 100,
    )
    worker.rtc_session(entrypoint)
    if "TEST_BLOCKS_ON_STOP" in os.environ:
        worker.on("stopping", block)
    worker.run()
