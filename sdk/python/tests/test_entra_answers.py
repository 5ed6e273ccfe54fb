"""What an answer of Entra's token endpoint means: every case of the vectors, through the real credential."""

import warnings
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from azure.core.exceptions import ClientAuthenticationError

from bayer_livekit_sdk import AgentError, RegistrationRefused, RegistrationUnavailable
from bayer_livekit_sdk import credential as subject
from bayer_livekit_sdk.credential import EntraTokens
from bayer_livekit_sdk.errors import CredentialNotFound
from bayer_livekit_sdk.settings import Options, read_settings
from test_credential import ENV
from vectors import vectors

VECTORS = vectors("entra")


async def answered(status: int, kind: str, body: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of a credential whose Entra is an endpoint on loopback."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, content_type=kind, text=body)

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]

    async with aiohttp.ClientSession() as session:
        request = session._request

        async def there(method: str, url: Any, **options: Any) -> aiohttp.ClientResponse:
            assert str(url).startswith(f"{ENV['AZURE_AUTHORITY_HOST']}/")
            return await request(method, f"http://127.0.0.1:{port}/", **options)

        monkeypatch.setattr(subject, "proxy_for", lambda _: {})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # aiohttp's, of attributes that are set
            monkeypatch.setattr(session, "_request", there)
        try:
            return (await EntraTokens(read_settings(Options(), ENV), session).get()).reveal()
        finally:
            await runner.cleanup()


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
async def test_case(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AgentError) as failed:
        await answered(case["status"], case["type"], case["body"], monkeypatch)
    assert not isinstance(failed.value, CredentialNotFound)
    expected = RegistrationRefused if "refused" in case else RegistrationUnavailable
    assert type(failed.value) is expected
    assert str(failed.value) == case.get("refused", case.get("unavailable"))


async def test_a_token_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    body = '{"access_token": "a.b.c", "expires_in": 3600, "token_type": "Bearer"}'
    assert await answered(200, "application/json", body, monkeypatch) == "a.b.c"


@pytest.mark.parametrize("code", VECTORS["refusals"])
async def test_an_error_of_a_sign_in_refuses_whoever_asked(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RegistrationRefused, match=f"^Entra refuses: {code}$"):
        await answered(400, "application/json", f'{{"error": "{code}"}}', monkeypatch)

    class Own:
        async def get_token(self, *_: str, **__: object) -> None:
            raise ClientAuthenticationError(message=f"Authentication failed: {code}")

    with pytest.raises(RegistrationRefused, match=f"^Entra refuses: Authentication failed: {code}$"):
        await EntraTokens(read_settings(Options(credential=Own()), ENV), None).get()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body", ['{"access_token": 5, "expires_in": 3600}', '{"access_token": "x", "expires_in": "soon"}', "\0\1", "null"]
)
async def test_no_token_is_made_of_what_is_none(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RegistrationUnavailable, match=r"^Entra is not reachable: HTTP 200$"):
        await answered(200, "application/json", body, monkeypatch)


async def test_a_secret_that_an_answer_repeats_is_shown_in_none_of_its_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENV, "AZURE_CLIENT_SECRET", "pla~nted/x")
    body = '{"error": "x", "error_description": "AADSTS1: pla~nted/x pla%7Ented%2Fx pla~nted%2Fx"}'
    with pytest.raises(RegistrationRefused) as refused:
        await answered(400, "application/json", body, monkeypatch)
    assert str(refused.value) == "Entra refuses: AADSTS1: [redacted] [redacted] [redacted]"
