"""
The names of upstream that the seam relies on, each with the line that uses it.

Where one of these fails, a new version of livekit-agents needs a look at server.py, gateway.py and their neighbours.
"""

import inspect
import re
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import AgentServer, JobContext, cli
from livekit.agents.cli.log import setup_logging
from livekit.agents.ipc import job_proc_executor, job_proc_lazy_main, proc_pool, supervised_proc

from bayer_livekit_sdk.reconnects import _UPSTREAM
from bayer_livekit_sdk.server import PlatformServer
from bayer_livekit_sdk.worker import _CHILDREN


def code_of(thing: Any) -> str:
    return re.sub(r"\s+", " ", inspect.getsource(thing))


@pytest.mark.parametrize(
    "line",
    [
        "ws = await self._http_session.ws_connect( agent_url, headers=headers,",
        "api.AccessToken(self._api_key, self._api_secret) .with_grants(api.VideoGrants(agent=True))",
        "await ws.send_bytes(req.SerializeToString())",
        "first_msg_b = await ws.receive_bytes()",
        "self._handle_register(msg.register)",
        "await self._run_ws(ws)",
        "if retry_count >= self._max_retry:",
        'f"failed to connect to livekit, retrying in {retry_delay}s"',
        "await asyncio.sleep(retry_delay)",
    ],
)
def test_the_connection_task(line: str) -> None:
    assert line in code_of(AgentServer._connection_task)


def test_the_line_about_a_lost_connection_is_the_one_that_is_replaced() -> None:
    assert _UPSTREAM.fullmatch("failed to connect to livekit, retrying in 4s")


def test_a_connection_is_read_by_receive() -> None:
    assert "msg = await ws.receive()" in code_of(AgentServer._run_ws)


def test_run_exports_the_keys_before_it_looks_at_the_context_and_starts_a_process_after_that() -> None:
    code = code_of(AgentServer.run)
    in_order = (
        "self._http_session: aiohttp.ClientSession | None = None",
        'os.environ["LIVEKIT_API_SECRET"] = self._api_secret',
        'if self._mp_ctx_str == "forkserver":',
        "await self._inference_executor.start()",
        "await self._proc_pool.start()",
        "self._http_session = aiohttp.ClientSession(",
        "self._connection_task()",
        'self.emit("worker_started")',
        "await self._close_future",
    )
    places = [code.index(part) for part in in_order]
    assert places == sorted(places)


def test_all_of_start_is_under_the_lock_that_drain_and_close_take() -> None:
    for method in (AgentServer.run, AgentServer.drain, AgentServer.aclose):
        assert "async with self._lock:" in code_of(method)


def test_the_pool_spawns_no_more_than_its_default() -> None:
    code = code_of(proc_pool.ProcPool._main_task)
    assert "min(self._target_idle_processes, self._default_num_idle_processes)" in code
    assert "self._spawn_tasks.add(task)" in code


def test_the_processes_have_the_names_by_which_run_does_nothing_in_them() -> None:
    code = inspect.getsource(job_proc_executor) + inspect.getsource(supervised_proc)
    inference = inspect.getsource(inspect.importlib.import_module("livekit.agents.ipc.inference_proc_executor"))  # type: ignore[attr-defined]
    for name in _CHILDREN:
        assert f'name="{name}"' in code + inference


def test_a_process_is_started_on_a_thread_of_the_loops_executor() -> None:
    code = code_of(supervised_proc)
    assert "with _mask_ctrl_c(): await self._loop.run_in_executor(None, self._proc.start)" in code


def test_a_job_has_its_room_from_the_beginning_and_a_room_says_when_it_is_lost() -> None:
    assert {"self", "room"} <= inspect.signature(JobContext.__init__).parameters.keys()
    assert "reason" in inspect.signature(JobContext.shutdown).parameters
    assert "room=self._room, on_connect=_on_ctx_connect, on_shutdown=_on_ctx_shutdown" in code_of(job_proc_lazy_main)
    room = code_of(rtc.Room)
    for event in ("reconnecting", "reconnected", "disconnected"):
        assert f'self.emit("{event}"' in room


def test_logging_and_the_other_commands_are_upstreams() -> None:
    assert {"log_level", "devmode", "console"} <= inspect.signature(setup_logging).parameters.keys()
    assert callable(cli.run_app)


def test_every_private_name_that_is_written_is_one_of_upstreams() -> None:
    server = AgentServer(ws_url="wss://x", api_key="k", api_secret="s")
    for name in ("_ws_url", "_agent_name", "_worker_token", "_mp_ctx_str", "_drain_timeout"):
        assert hasattr(server, name)


def test_the_overridden_methods_are_there() -> None:
    for name in ("_connection_task", "_handle_register"):
        assert name in vars(PlatformServer)
        assert name in vars(AgentServer)
