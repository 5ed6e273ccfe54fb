"""A file of authorities that cannot be used is a setting."""

from pathlib import Path

import certifi
import pytest

from bayer_livekit_sdk import SettingsError
from bayer_livekit_sdk.settings import Options, read_settings
from bayer_livekit_sdk.tls import tls_context

WHOLE = {"LKPS_REGION": "eu", "LKPS_ENV": "np"}


def written(folder: Path, content: bytes) -> str:
    file = folder / "planted.pem"
    file.write_bytes(content)
    return str(file)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
@pytest.mark.parametrize(
    "content", [None, b"", b"planted", b"-----BEGIN CERTIFICATE-----\nplanted\n-----END CERTIFICATE-----\n", "folder"]
)
def test_one_that_is_absent_a_folder_or_not_pem_is_named_by_its_variable_alone(
    name: str, content: bytes | str | None, tmp_path: Path
) -> None:
    path = written(tmp_path, content) if isinstance(content, bytes) else str(tmp_path)
    with pytest.raises(SettingsError) as refused:
        read_settings(Options(), {**WHOLE, name: path if content is not None else f"{path}/absent"})
    assert refused.value.problems == (f"{name} is not the path of a file of certificates (PEM) that can be read",)


def test_it_is_told_together_with_all_other_problems() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(Options(), {"LKPS_REGION": "eu", "REQUESTS_CA_BUNDLE": "/", "SSL_CERT_FILE": "/"})
    assert [problem.split(" ")[0] for problem in refused.value.problems] == [
        "LKPS_ENV",
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
    ]


def test_a_good_one_is_taken_and_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (certifi.where(), ""):
        read_settings(Options(), {**WHOLE, "REQUESTS_CA_BUNDLE": path, "SSL_CERT_FILE": path})
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    assert tls_context().get_ca_certs()
