"""What is published: one wheel of Python files, typed, without tests."""

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {
    str(path.relative_to(ROOT / "src"))
    for path in (ROOT / "src").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True)
    return folder


def test_the_wheel_holds_the_sources_and_nothing_else(built: Path) -> None:
    wheel = built / "bayer_livekit_sdk-1.4.4-py3-none-any.whl"
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if ".dist-info/" not in name} == SOURCES
    assert {"bayer_livekit_sdk/py.typed", "bayer_livekit_sdk/agents/llm.pyi"} <= names


def test_the_wheel_says_what_it_needs(built: Path) -> None:
    wheel = zipfile.ZipFile(built / "bayer_livekit_sdk-1.4.4-py3-none-any.whl")
    metadata = wheel.read("bayer_livekit_sdk-1.4.4.dist-info/METADATA").decode()
    assert "Requires-Python: >=3.10" in metadata
    needed = re.findall(r"^Requires-Dist: (\S+)$", metadata, re.MULTILINE)
    assert "livekit-agents~=1.4.4" in needed
    assert "openai<3" in needed


def test_the_source_distribution_builds_without_tests(built: Path) -> None:
    with tarfile.open(built / "bayer_livekit_sdk-1.4.4.tar.gz") as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", *(f"src/{name}" for name in SOURCES)} <= names
    assert not [name for name in names if name.startswith(("tests", "tools", "requirements"))]


def test_no_file_is_long() -> None:
    long = {str(path) for path in ROOT.rglob("*.py") if len(path.read_text().splitlines()) > 250}
    assert {name for name in long if "/.venv/" not in name} == set()
