"""Everything that is found out about one version of livekit-agents and its plugins."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from .environment import Environment
from .scan import environment_names, sites
from .sources import module_of, package_of

_TOOLS = Path(__file__).resolve().parent.parent
_SOURCES = _TOOLS.parent / "src"


def inspect_version(environment: Environment) -> dict[str, Any]:
    """`{"plugins": {extra: ..}, "helpers": .., "sites": ..}`."""
    extras = environment.prepare()
    plugins = {extra: _scanned(environment, extra) for extra in extras}
    wanted = {module_of(extra): seen["variables"] for extra, seen in plugins.items()}
    for extra, probed in zip(extras, _run(environment, "inspection.probe", wanted).values(), strict=True):
        plugins[extra].update(probed)
        del plugins[extra]["variables"]
    agents = environment.site_packages / "livekit" / "agents"
    return {
        "plugins": plugins,
        "helpers": _run(environment, "inspection.helpers", {}),
        "sites": sites(agents, "livekit.agents"),
    }


def _scanned(environment: Environment, extra: str) -> dict[str, Any]:
    name = module_of(extra)
    folder = environment.site_packages / "livekit" / "plugins" / name
    return {
        "version": environment.version_of(package_of(extra)),
        "variables": sorted(environment_names(folder)),
        "sites": sites(folder, f"livekit.plugins.{name}"),
    }


def _run(environment: Environment, module: str, given: dict[str, Any]) -> dict[str, Any]:
    """Runs a module of this package in the environment, with no LIVEKIT_* variable set."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LIVEKIT_", "LKPS_", "AZURE_"))}
    done = subprocess.run(
        [str(environment.python), "-W", "ignore", "-m", module],
        input=json.dumps(given),
        env={**env, "PYTHONPATH": f"{_SOURCES}{os.pathsep}{_TOOLS}", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
