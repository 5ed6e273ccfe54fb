"""What Entra's answers mean, through the real credential: only the network is played."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity import CredentialUnavailableError

from bayer_livekit_sdk import RegistrationRefused, RegistrationUnavailable, SettingsError
from bayer_livekit_sdk import credential as subject
from bayer_livekit_sdk.credential import EntraTokens
from bayer_livekit_sdk.errors import CredentialNotFound
from bayer_livekit_sdk.settings import Options, read_settings
from bayer_livekit_sdk.tls import tls_context
from played_servers import closed_port, untrusted_server
from vectors import vectors

ENV = {
    "LKPS_REGION": "eu",
    "LKPS_ENV": "np",
    "AZURE_TENANT_ID": "7c6f0d9e-0f4d-4f5e-9f65-6a3d1a2b3c4d",
    "AZURE_CLIENT_ID": "11111111-2222-4333-8444-555555555555",
    "AZURE_CLIENT_SECRET": "s3cret",
    "AZURE_AUTHORITY_HOST": "https://login.example",
}
EXPIRED = "AADSTS7000222: The provided client secret keys for app '1111' are expired."


class Answered(AioHttpTransport):  # type: ignore[misc]
    """Answers every request alike."""

    status = 200
    body: Any = None
    failure: Exception | None = None
    asked = 0

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, request: Any, **_: Any) -> Any:
        type(self).asked += 1
        if self.failure is not None:
            raise self.failure
        return _Response(request, self.status, json.dumps(self.body))


class _Response:
    def __init__(self, request: Any, status: int, text: str) -> None:
        self.request, self.status_code, self.reason, self.internal_response = request, status, "", None
        self.headers = {"content-type": "application/json"}
        self.content_type = "application/json"
        self._text = text

    def text(self, _: str | None = None) -> str:
        return self._text

    def body(self) -> bytes:
        return self._text.encode()


@pytest.fixture
def entra(monkeypatch: pytest.MonkeyPatch) -> type[Answered]:
    class Entra(Answered): ...

    monkeypatch.setattr(subject, "_Transport", lambda **_: Entra())
    return Entra


def tokens(**options: Any) -> EntraTokens:
    return EntraTokens(read_settings(Options(**options), ENV), None)  # type: ignore[arg-type]


async def test_each_token_is_a_new_one_since_a_cache_would_outlive_the_secret(entra: type[Answered]) -> None:
    entra.body = {"access_token": "a.b.c", "expires_in": 3600, "token_type": "Bearer"}
    asking = tokens()
    assert [(await asking.get()).reveal() for _ in range(2)] == ["a.b.c", "a.b.c"]
    assert entra.asked == 2


async def test_a_refusal_shows_the_line_with_the_code(entra: type[Answered]) -> None:
    entra.status = 401
    entra.body = {"error": "invalid_client", "error_description": f"{EXPIRED}\r\nTrace ID: 1\r\nTimestamp: 2"}
    with pytest.raises(RegistrationRefused) as refused:
        await tokens().get()
    assert str(refused.value).startswith(f"Entra refuses: {EXPIRED}")
    assert "Trace ID" not in str(refused.value)


@pytest.mark.parametrize("case", vectors("messages")["entra"], ids=lambda case: case["name"])
async def test_what_entra_says_is_shown_from_its_code_to_its_time(case: dict[str, Any]) -> None:
    class Refused:
        async def get_token(self, *_: str, **__: object) -> None:
            raise ClientAuthenticationError(message=case["said"])

    with pytest.raises(RegistrationRefused) as refused:
        await tokens(credential=Refused()).get()
    assert str(refused.value) == f"Entra refuses: {case['shown']}"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_code_with_a_status_that_may_mend_is_no_refusal(entra: type[Answered], status: int) -> None:
    entra.status = status
    entra.body = {"error": "temporarily_unavailable", "error_description": "AADSTS90033: A transient error."}
    with pytest.raises(RegistrationUnavailable, match="Entra is not reachable"):
        await tokens().get()
    assert entra.asked == 1, "the credential's own retries are off"


async def test_no_network_is_no_refusal(entra: type[Answered]) -> None:
    entra.failure = ServiceRequestError("Cannot connect to host")
    with pytest.raises(RegistrationUnavailable, match="Entra is not reachable: Cannot connect to host"):
        await tokens().get()
    assert entra.asked == 1


async def entra_at(address: str) -> str:
    """What the real credential makes of an Entra that is no Entra."""
    settings = read_settings(Options(), {**ENV, "AZURE_AUTHORITY_HOST": address})
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls_context())) as session:
        with pytest.raises(RegistrationUnavailable) as failed:
            await EntraTokens(settings, session).get()
    assert not isinstance(failed.value, CredentialNotFound)
    assert failed.value.exit_code == vectors("messages")["exit_codes"]["unavailable"]
    return str(failed.value)


async def test_an_entra_that_is_not_there_is_not_reachable_and_no_missing_credential() -> None:
    assert (await entra_at(f"https://{await closed_port()}")).startswith("Entra is not reachable: Cannot connect to")


async def test_an_entra_whose_authority_is_not_known_is_not_reachable_and_no_missing_credential(tmp_path: Path) -> None:
    async with untrusted_server(tmp_path) as address:
        said = await entra_at(address)
    assert said.startswith("Entra is not reachable: Cannot connect to")
    assert "certificate verify failed" in said


async def test_nothing_found_on_this_machine_says_what_to_do() -> None:
    class Nothing:
        async def get_token(self, *_: str, **__: object) -> None:
            raise CredentialUnavailableError(message="no az, no identity")

    with pytest.raises(CredentialNotFound, match=r"set AZURE_TENANT_ID, .* or run `az login`"):
        await tokens(credential=Nothing()).get()


async def test_a_tenant_that_is_none_is_a_setting(entra: type[Answered], monkeypatch: pytest.MonkeyPatch) -> None:
    entra.body = {}
    monkeypatch.setitem(ENV, "AZURE_TENANT_ID", "../x")
    with pytest.raises(SettingsError, match="no credential can be made of AZURE_"):
        await tokens().get()


async def test_a_synchronous_credential_runs_on_a_thread_that_keeps_no_process_alive() -> None:
    seen: list[threading.Thread] = []
    release = threading.Event()

    class Own:
        def get_token(self, *scopes: str, **_: object) -> Any:
            seen.append(threading.current_thread())
            release.wait(5)
            return type("Token", (), {"token": f"for {scopes[0]}"})

    asking = asyncio.ensure_future(tokens(credential=Own()).get())
    await asyncio.sleep(0.05)
    release.set()
    assert (await asking).reveal() == "for api://livekit-platform-service-np.int.bayer.com/.default"
    assert seen[0].daemon


async def test_a_programs_own_credential_is_asked_for_each_token_and_never_closed() -> None:
    class Own:
        asked = 0

        async def get_token(self, *_: str, **__: object) -> Any:
            self.asked += 1
            return type("Token", (), {"token": "t"})

        async def close(self) -> None:
            raise AssertionError

    own = Own()
    asking = tokens(credential=own)
    await asking.get()
    await asking.get()
    assert own.asked == 2
