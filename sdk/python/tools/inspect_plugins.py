"""
Finds out what of livekit-agents works without a LiveKit API key, and writes it down.

    python tools/inspect_plugins.py [--workdir FOLDER] [--render]

Installs two versions of livekit-agents with all plugins that fit into scratch environments (2 GB, some minutes; needs
`uv` and `npm`), imports every one with the SDK's blocks, reads their syntax trees, makes what needs no account and
calls what is blocked. Writes the catalogue, and from it the extras, the types of the facade and docs/sdk-plugins.md.
`--render` writes only these from the catalogue that is there.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from inspection.catalogue import catalogue
from inspection.environment import Environment
from inspection.inspect_version import inspect_version
from inspection.npm import inspect_npm
from inspection.render import write_all
from inspection.sources import VERSIONS

NPM = Path(__file__).resolve().parent / "inspection" / "npm.json"
CATALOGUE = Path(__file__).resolve().parent.parent / "src" / "bayer_livekit_sdk" / "plugins" / "catalogue.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workdir", type=Path, default=Path(tempfile.gettempdir()) / "lkps-plugins")
    parser.add_argument("--render", action="store_true")
    options = parser.parse_args()
    if not options.render:
        seen: dict[str, Any] = {v: inspect_version(Environment(options.workdir, v)) for v in VERSIONS}
        _write(CATALOGUE, catalogue(seen))
        _write(NPM, inspect_npm())
    write_all(_read(CATALOGUE), _read(NPM))


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content) + "\n", encoding="utf-8")
    subprocess.run(["npx", "--no-install", "prettier", "--write", str(file)], check=True, cwd=file.parent)  # noqa: S607


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    main()
