"""The plugins of `@livekit/agents`: their tarballs are fetched and searched; nothing is installed or run."""

import io
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

SCOPE = "@livekit/agents-plugin-"
RANGE = "^1"
NAMES = [
    "addisai",
    "aisdk",
    "anam",
    "anthropic",
    "assemblyai",
    "aws",
    "azure",
    "baseten",
    "bey",
    "bland",
    "blaze",
    "boson-avatar",
    "cartesia",
    "cerebras",
    "deepgram",
    "did",
    "elevenlabs",
    "fishaudio",
    "gandr",
    "gnani",
    "google",
    "google-cloud",
    "gradium",
    "hathora",
    "hedra",
    "hume",
    "inworld",
    "krisp",
    "lemonslice",
    "liveavatar",
    "livekit",
    "minimax",
    "mistral",
    "neuphonic",
    "openai",
    "phonic",
    "resemble",
    "rime",
    "runway",
    "sarvam",
    "silero",
    "trugen",
    "xai",
]
"""As far as upstream's repository and the registry name them."""

JUDGED = {"hedra": "discontinued"}
REMARKS = {
    "anam": "`AvatarSession.start()`",
    "bey": "`AvatarSession.start()`",
    "lemonslice": "`AvatarSession.start()`",
    "hedra": "its own error: the service has been disabled",
    "livekit": "the turn detector, which runs in the agent",
}
_KEY = re.compile(rb"LIVEKIT_API_KEY|\bnew AccessToken\(|\bnew RoomServiceClient\(")
_LOOKS = re.compile(rb"async start\(.*?process\.env\.LIVEKIT_API_KEY", re.DOTALL)


def inspect_npm() -> dict[str, Any]:
    """Name -> version, the @livekit/agents it wants, the verdict; None where it cannot be had."""
    with tempfile.TemporaryDirectory() as folder:
        return {name: _inspect(name, Path(folder)) for name in NAMES}


def _inspect(name: str, folder: Path) -> dict[str, Any] | None:
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{SCOPE}{name}@{RANGE}"],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if packed.returncode != 0:
        return None
    files = _files(folder / packed.stdout.strip().splitlines()[-1])
    about = json.loads(files["package/package.json"])
    code = b"\n".join(content for path, content in files.items() if path.endswith(".js") and ".test." not in path)
    needs = _KEY.search(code) is not None
    if needs and _LOOKS.search(code) is None:
        raise ValueError(f"{name} needs a LiveKit key, and not in an avatar's start()")
    return {
        "version": about["version"],
        "agents": about.get("peerDependencies", {}).get("@livekit/agents", ""),
        "verdict": JUDGED.get(name, "blocked" if needs else "works"),
    }


def _files(tarball: Path) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(tarball.read_bytes())) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return {member.name: (archive.extractfile(member) or io.BytesIO()).read() for member in members}
