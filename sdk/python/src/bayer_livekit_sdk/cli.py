"""The command line of an agent's file, and how its process ends."""

import argparse
import inspect
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from livekit.agents import cli as upstream

from . import messages
from .errors import AgentError
from .interrupts import keep_interrupts
from .log import configure_logging, logger
from .messages import ExitCode
from .own_loop import run_to_its_end

if TYPE_CHECKING:
    from .life import Life
    from .worker import Worker

_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL")
_UPSTREAM = ("console", "download-files")


def run(worker: "Worker", argv: Sequence[str] | None = None) -> NoReturn:
    """Ends the process."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in _UPSTREAM:
        sys.argv = [sys.argv[0], *arguments]
        inspect.unwrap(upstream.run_app)(worker.server)  # without the guard
        sys.exit(ExitCode.STOPPED)
    said = _parser().parse_args(arguments or ["start"])
    devmode = said.command == "dev"
    configure_logging(said.log_level.upper(), devmode=devmode)
    if getattr(said, "drain_timeout", None) is not None:
        worker._server.drain_for(said.drain_timeout)
    sys.exit(_live(worker, devmode=devmode))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(ExitCode.SETTINGS, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=Path(sys.argv[0]).name, description="An agent of the LiveKit platform.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    start = commands.add_parser("start", help="work until stopped, then let running jobs finish (the default)")
    start.add_argument("--drain-timeout", type=int, metavar="SECONDS", help="how long running jobs may take to finish")
    dev = commands.add_parser("dev", help="the same for development: readable log, never full, ends at once")
    for command, level in ((start, "INFO"), (dev, "DEBUG")):
        command.add_argument("--log-level", type=str.upper, choices=_LEVELS, default=level)
    commands.add_parser("console", help="upstream's: one job in this terminal, without the platform", add_help=False)
    commands.add_parser("download-files", help="upstream's: files that plugins need", add_help=False)
    return parser


def _live(worker: "Worker", *, devmode: bool) -> ExitCode:
    async def live() -> None:
        keep_interrupts()
        await life.live(devmode=devmode)

    try:
        life = worker._begin()
        _stop_on_signals(life, devmode=devmode)
        run_to_its_end(live())
    except AgentError as error:
        _say_why(logging.ERROR, str(error), error.exit_code, devmode=devmode)
        return error.exit_code
    logger.info(messages.STOPPED, extra={"exit_code": int(ExitCode.STOPPED)})
    return ExitCode.STOPPED


def _say_why(level: int, reason: str, exit_code: ExitCode, *, devmode: bool) -> None:
    """`dev` shows fields behind the message, which has the reason already."""
    fields = {"exit_code": int(exit_code), **({} if devmode else {"reason": reason})}
    logger.log(level, messages.ENDS.format(reason=reason), extra=fields)


def _stop_on_signals(life: "Life", *, devmode: bool) -> None:
    """The first signal asks the agent to end, whatever it is doing; the second ends it."""
    seen = False

    def handle(signum: int, _: FrameType | None) -> None:
        nonlocal seen
        if seen:
            _end_by_force(signum, devmode=devmode)
        seen = True
        life.stop()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, handle)


def _end_by_force(signum: int, *, devmode: bool) -> NoReturn:
    reason = f"a second signal ({signal.Signals(signum).name})"
    _say_why(logging.WARNING, reason, ExitCode.FORCED, devmode=devmode)
    for child in multiprocessing.active_children():
        child.kill()
    sys.stdout.flush()
    os._exit(ExitCode.FORCED)
