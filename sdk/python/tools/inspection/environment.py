"""A scratch environment with one version of livekit-agents and all the plugins that fit it. Needs `uv` on the PATH."""

import re
import subprocess
from pathlib import Path

from .sources import EXTRA_REQUIREMENTS, NO_PLUGIN, OTHERS, PYTHON, SDK_REQUIREMENTS, package_of

_EXTRA = re.compile(r"^Provides-Extra: (\S+)$", re.MULTILINE)


class Environment:
    """Made on first use, under `workdir`."""

    def __init__(self, workdir: Path, version: str) -> None:
        self.version = version
        self.folder = workdir / f"plugins-{version}"
        self.python = self.folder / "bin" / "python"
        self.site_packages = self.folder / "lib" / f"python{PYTHON}" / "site-packages"

    def prepare(self) -> list[str]:
        """Installs what is missing; answers the extras that are plugins."""
        if not self.python.exists():
            _uv("venv", "--python", PYTHON, str(self.folder))
        self._install(f"livekit-agents=={self.version}", *EXTRA_REQUIREMENTS[self.version])
        extras = self._extras()
        others = [package_of(extra) for extra in OTHERS[self.version]]
        wanted = f"livekit-agents[{','.join(extras)}]=={self.version}"
        self._install(wanted, *others, *EXTRA_REQUIREMENTS[self.version], *SDK_REQUIREMENTS)
        return sorted({*extras, *OTHERS[self.version]} - NO_PLUGIN)

    def version_of(self, package: str) -> str | None:
        """What is installed of a package."""
        name = package.replace("-", "_")
        found = [folder.name for folder in self.site_packages.glob(f"{name}-*.dist-info")]
        return found[0].removeprefix(f"{name}-").removesuffix(".dist-info") if found else None

    def _extras(self) -> list[str]:
        metadata = self.site_packages / f"livekit_agents-{self.version}.dist-info" / "METADATA"
        return _EXTRA.findall(metadata.read_text(encoding="utf-8"))

    def _install(self, *requirements: str) -> None:
        _uv("pip", "install", "--quiet", "--python", str(self.python), *requirements)


def _uv(*arguments: str) -> None:
    subprocess.run(["uv", *arguments], check=True)  # noqa: S607
