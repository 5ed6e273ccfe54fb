"""One registration over the wire."""

from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bayer_livekit_sdk import AgentError, RegistrationRefused, RegistrationUnavailable
from bayer_livekit_sdk.answer import Registration
from bayer_livekit_sdk.registration import register
from bayer_livekit_sdk.secret import Secret
from bayer_livekit_sdk.settings import Options, read_settings
from played_platform import played_platform


async def ask(url: str, **options: object) -> Registration:
    settings = read_settings(Options(url=url, scope="api://lkps/.default", **options), {})  # type: ignore[arg-type]
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        return await register(settings, session, Secret("entra-token"))


async def test_says_who_asks_and_nothing_else() -> None:
    async with played_platform() as platform:
        told = await ask(platform.url)
        request = platform.registrations[0]
        assert request.headers["authorization"] == "Bearer entra-token"
        assert request.headers["x-request-id"] == told.request_id
        assert request.headers["user-agent"].startswith("bayer-livekit-sdk/1.4.4 python/3.")
        assert platform.bodies == [b""]
        assert "content-type" not in request.headers


async def test_declares_what_it_was_told_to() -> None:
    async with played_platform() as platform:
        await ask(platform.url, client_authorization="open")
        assert platform.bodies == [b'{"client_authorization": "open"}']


async def test_follows_no_redirect() -> None:
    async with played_platform() as platform:

        async def elsewhere(_: web.Request) -> web.StreamResponse:
            raise web.HTTPTemporaryRedirect(f"{platform.url}/api/agent/register")

        platform.on_register = elsewhere
        with pytest.raises(RegistrationRefused, match="there is no registration of agents at"):
            await ask(platform.url)
        assert len(platform.registrations) == 1


async def test_reads_no_more_than_64_kib() -> None:
    async with played_platform() as platform:
        sent = 0

        async def endless(request: web.Request) -> web.StreamResponse:
            nonlocal sent
            response = web.StreamResponse()
            await response.prepare(request)
            while sent < 64 * 1024 * 1024:
                await response.write(b"x" * 65_536)
                sent += 65_536
            return response

        platform.on_register = endless
        with pytest.raises(RegistrationUnavailable, match="no usable token"):
            await ask(platform.url)
        assert sent < 16 * 1024 * 1024


async def test_nobody_there_may_mend() -> None:
    with pytest.raises(RegistrationUnavailable, match="the platform is not reachable: ") as failed:
        await ask("http://127.0.0.1:9")
    assert "request " in str(failed.value)


async def test_a_netrc_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with played_platform() as platform:
        await ask(platform.url)
        assert platform.registrations[0].headers["authorization"] == "Bearer entra-token"


async def test_a_proxy_of_the_environment_is_used_unless_the_host_is_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with played_platform() as platform:
        with pytest.raises(AgentError, match=r"127\.0\.0\.1:9"):
            await ask(platform.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        await ask(platform.url)
