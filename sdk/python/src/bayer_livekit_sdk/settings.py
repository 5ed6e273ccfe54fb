"""Where the platform is and who the agent is: options of `Worker` first, then the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .address import read_address
from .credential_types import TokenCredential
from .errors import SettingsError
from .secret import Secret
from .tls import problems_of_authorities

REGIONS = ("eu", "us")
ENVIRONMENTS = ("np", "prod")
_DOMAIN = "int.bayer.com"
_SLOWEST_START_S = 3600

ClientAuthorization = Literal["required", "open"]


@dataclass(frozen=True)
class Options:
    """What a program may say in place of the environment."""

    url: str | None = None
    region: str | None = None
    environment: str | None = None
    scope: str | None = None
    credential: TokenCredential | None = field(default=None, repr=False)
    client_authorization: ClientAuthorization | None = None
    start_timeout: int | None = None


@dataclass(frozen=True)
class ClientSecret:
    """An app registration's own credential."""

    tenant_id: str
    client_id: str
    client_secret: Secret


@dataclass(frozen=True)
class Settings:
    """`credential` is the program's own, a client secret's parts, or `None` for what Azure finds on this machine."""

    register_url: str
    scope: str
    credential: TokenCredential | ClientSecret | None = field(repr=False)
    authority: str | None
    region: str | None
    client_authorization: ClientAuthorization | None
    start_timeout_ms: int


def read_settings(options: Options, env: Mapping[str, str] = os.environ) -> Settings:
    """Raises SettingsError with all problems. An empty variable is one that is not set."""
    return _Reader(options, env).settings()


class _Reader:
    def __init__(self, options: Options, env: Mapping[str, str]) -> None:
        self._options = options
        self._env = env
        self._problems: list[str] = []

    def settings(self) -> Settings:
        region = self._one_of(self._options.region, "region", "LKPS_REGION", REGIONS)
        environment = self._one_of(self._options.environment, "environment", "LKPS_ENV", ENVIRONMENTS)
        base = self._base(region, environment)
        scope = self._scope(environment)
        settings = Settings(
            register_url=f"{base}/api/agent/register",
            scope=scope,
            credential=self._client_secret() if self._options.credential is None else self._options.credential,
            authority=self._env.get("AZURE_AUTHORITY_HOST") or None,
            region=region,
            client_authorization=self._client_authorization(),
            start_timeout_ms=self._start_timeout_s() * 1000,
        )
        self._problems += problems_of_authorities(self._env)
        if self._problems:
            raise SettingsError(self._problems)
        return settings

    def _value(self, option: str | None, option_name: str, variable: str) -> tuple[str | None, str]:
        if option is not None:
            return option, option_name
        return self._env.get(variable) or None, variable

    def _one_of(self, option: str | None, option_name: str, variable: str, known: tuple[str, ...]) -> str | None:
        value, name = self._value(option, option_name, variable)
        if value is not None and value not in known:
            self._problems.append(f'{name} is "{value}", not one of {", ".join(known)}')
        return value

    def _base(self, region: str | None, environment: str | None) -> str:
        url, name = self._value(self._options.url, "url", "LKPS_URL")
        if url is not None:
            problem = _problem_of(url)
            if problem is not None:
                self._problems.append(f"{name} {problem}")
            return url.rstrip("/")
        if region is None and environment is None:
            self._problems.append("neither LKPS_URL nor LKPS_REGION (eu, us) with LKPS_ENV (np, prod) is set")
        elif region is None:
            self._problems.append("LKPS_REGION (eu, us) is not set")
        elif environment is None:
            self._problems.append("LKPS_ENV (np, prod) is not set")
        return f"https://{region}-{_host(environment)}"

    def _scope(self, environment: str | None) -> str:
        scope, name = self._value(self._options.scope, "scope", "LKPS_SCOPE")
        if scope is not None:
            if not re.fullmatch(r"\S+/\.default", scope):
                self._problems.append(f'{name} is "{scope}", not of the form <resource>/.default')
            return scope
        if environment is None and self._value(self._options.url, "", "LKPS_URL")[0] is not None:
            self._problems.append("LKPS_SCOPE is not set: with LKPS_URL and without LKPS_ENV it cannot be derived")
        return f"api://{_host(environment)}/.default"

    def _client_secret(self) -> ClientSecret | None:
        names = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID")
        tenant_id, client_id = (self._env.get(name, "") for name in names)
        client_secret = self._env.get("AZURE_CLIENT_SECRET", "")
        if not client_secret:
            return None
        missing = [name for name in names if not self._env.get(name)]
        if missing:
            self._problems.append(f"AZURE_CLIENT_SECRET is set, but not {' and '.join(missing)}")
        return ClientSecret(tenant_id, client_id, Secret(client_secret))

    def _client_authorization(self) -> ClientAuthorization | None:
        value = self._options.client_authorization
        if value not in (None, "required", "open"):
            self._problems.append(f'client_authorization is "{value}", not one of required, open')
        return value

    def _start_timeout_s(self) -> int:
        option = self._options.start_timeout
        text = None if option is None else str(option)
        value, name = self._value(text, "start_timeout", "LKPS_START_TIMEOUT_SECONDS")
        if value is None:
            return 120
        if not re.fullmatch(r"[0-9]{1,4}", value) or int(value) > _SLOWEST_START_S:
            self._problems.append(f'{name} is "{value}", not a whole number of seconds from 0 to {_SLOWEST_START_S}')
            return 0
        return int(value)


def _host(environment: str | None) -> str:
    suffix = "" if environment == "prod" else f"-{environment}"
    return f"livekit-platform-service{suffix}.{_DOMAIN}"


def _problem_of(url: str) -> str | None:
    """Never repeats the address: it may hold a secret where it is wrong."""
    address = read_address(url)
    if address is None or address.scheme not in ("https", "http"):
        return "is not of the form https://<host>[/<path>]"
    if address.scheme == "http" and not address.is_loopback:
        return "does not begin with https:// (http:// is for this machine's own loopback only)"
    return None
