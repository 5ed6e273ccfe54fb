"""
Starts agents by forking, so that the library is loaded once and not for each of them.

Standard input: one JSON line per agent, {"argv", "env", "output"}; standard output: {"pid"} in the same order, and
{"pid", "code"} once one has ended. Ends with its standard input, and ends all its children then.
"""

import json
import os
import select
import signal
import sys

import bayer_livekit_sdk.cli
import bayer_livekit_sdk.life  # noqa: F401  # loaded once, here
import cli_program


def start(order: dict) -> int:  # type: ignore[type-arg]
    pid = os.fork()
    if pid > 0:
        return pid
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(0)
    os.setpgid(0, 0)
    os.environ.update(order["env"])
    sys.argv = ["agent.py", *order["argv"]]
    try:
        cli_program.main()
    except SystemExit as ended:
        sys.stdout.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    finally:
        os._exit(1)


def tell(**facts: int) -> None:
    os.write(1, (json.dumps(facts) + "\n").encode())


def main() -> None:
    running: set[int] = set()
    pending = b""
    while True:
        readable, _, _ = select.select([0], [], [], 0.02)
        if readable:
            more = os.read(0, 65_536)
            if not more:
                break
            *lines, pending = (pending + more).split(b"\n")
            for line in lines:
                pid = start(json.loads(line))
                running.add(pid)
                tell(pid=pid)
        while running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            running.discard(pid)
            tell(pid=pid, code=os.waitstatus_to_exitcode(status))
    for pid in running:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
