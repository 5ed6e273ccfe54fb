"""Settings: every case of the vectors, and what a program says itself."""

from typing import Any

import pytest

from bayer_livekit_sdk import SettingsError
from bayer_livekit_sdk.settings import ClientSecret, Options, Settings, read_settings
from vectors import vectors

CASES = vectors("settings")["cases"]
WHOLE = {"LKPS_REGION": "eu", "LKPS_ENV": "np"}


def told(settings: Settings) -> dict[str, Any]:
    credential = "client_secret" if isinstance(settings.credential, ClientSecret) else "default"
    facts = {
        "register_url": settings.register_url,
        "scope": settings.scope,
        "credential": credential,
        "start_timeout_ms": settings.start_timeout_ms,
        "region": settings.region,
        "authority": settings.authority,
    }
    return {name: value for name, value in facts.items() if value is not None}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    if "settings" in case:
        assert told(read_settings(Options(), case["env"])) == case["settings"]
        return
    with pytest.raises(SettingsError) as refused:
        read_settings(Options(), case["env"])
    assert str(refused.value) == "the agent's settings cannot be used:" + "".join(
        f"\n  - {problem}" for problem in case["problems"]
    )


def test_options_go_before_the_environment() -> None:
    env = {**WHOLE, "LKPS_SCOPE": "api://of-the-environment/.default", "LKPS_START_TIMEOUT_SECONDS": "7"}
    options = Options(
        url="https://lkps.example", region="us", environment="prod", scope="api://x/.default", start_timeout=3
    )
    assert told(read_settings(options, env)) == {
        "register_url": "https://lkps.example/api/agent/register",
        "scope": "api://x/.default",
        "credential": "default",
        "start_timeout_ms": 3000,
        "region": "us",
    }


def test_a_credential_of_the_programs_own_goes_before_azures_variables() -> None:
    class Own:
        def get_token(self, *_: str, **__: object) -> None: ...

    own = Own()
    assert read_settings(Options(credential=own), {**WHOLE, "AZURE_CLIENT_SECRET": "of nobody"}).credential is own


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (Options(region="de"), 'region is "de", not one of eu, us'),
        (Options(environment="test"), 'environment is "test", not one of np, prod'),
        (Options(scope="x"), 'scope is "x", not of the form <resource>/.default'),
        (Options(start_timeout=-1), 'start_timeout is "-1", not a whole number of seconds from 0 to 3600'),
        (Options(start_timeout=True), 'start_timeout is "True", not a whole number of seconds from 0 to 3600'),
        (Options(client_authorization="all"), 'client_authorization is "all", not one of required, open'),  # type: ignore[arg-type]
        (Options(url="https://me:pass@lkps.example"), "url is not of the form https://<host>[/<path>]"),
    ],
)
def test_an_option_that_is_wrong_is_named(options: Options, problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(options, WHOLE)
    assert refused.value.problems == (problem,)
