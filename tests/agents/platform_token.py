"""Where the worker's token comes from, and how it gets into the library: all that sets the agent apart from an ordinary one."""

import asyncio
import datetime
import json
import os
import random

import aiohttp
from livekit.agents import AgentServer

# What the library insists on in place of a LiveKit key. Worth nothing anywhere.
PLACEHOLDER = {"api_key": "lkps-no-api-key", "api_secret": "lkps-no-api-secret"}
RETRY_S = 0.25


class Registration:
    """The newest registration at LKPS; or, with `LKPS_STATIC_TOKEN`, one token for good, at a LiveKit without it."""

    def __init__(self) -> None:
        self.token = os.environ.pop("LKPS_STATIC_TOKEN", "")
        self.url = os.environ.pop("LKPS_STATIC_URL", "")
        self.agent_name = os.environ.pop("LKPS_STATIC_NAME", "")
        self._register_url = os.environ.pop("LKPS_REGISTER_URL", "")
        self._access_token = os.environ.pop("LKPS_ACCESS_TOKEN", "")
        self._left = float("inf")

    async def register(self) -> None:
        if not self._register_url:
            return
        headers = {"authorization": f"Bearer {self._access_token}"}
        async with aiohttp.ClientSession() as session:
            async with session.post(self._register_url, headers=headers) as response:
                text = await response.text()
                if response.status != 200:
                    raise RuntimeError(f"registration answered {response.status}: {text}")
        answer = json.loads(text)
        self.token, self.url, self.agent_name = answer["token"], answer["livekit_url"], answer["agent_name"]
        expires = datetime.datetime.fromisoformat(answer["expires_at"].replace("Z", "+00:00"))
        self._left = (expires - datetime.datetime.now(datetime.timezone.utc)).total_seconds()

    async def keep(self, said) -> None:
        """Renews half-way through the life of each token, for ever."""
        while self._register_url:
            await asyncio.sleep(self._left * random.uniform(0.45, 0.55))
            while True:
                try:
                    await self.register()
                    break
                except Exception as error:
                    said({"event": "not_renewed", "reason": str(error)})
                    await asyncio.sleep(RETRY_S)
            said({"event": "renewed"})


class _TokenSession:
    """The worker's HTTP session, which says who it is by the newest token."""

    def __init__(self, session: aiohttp.ClientSession, registration: Registration) -> None:
        self._session = session
        self._registration = registration

    def __getattr__(self, name: str):
        return getattr(self._session, name)

    def ws_connect(self, url: str, *, headers: dict, **options):
        bearer = {"Authorization": f"Bearer {self._registration.token}"}
        return self._session.ws_connect(url, headers={**headers, **bearer}, **options)


class PlatformServer(AgentServer):
    """`AgentServer._connection_task` builds a JWT for each connection and opens it with `_http_session.ws_connect`."""

    def __init__(self, registration: Registration, **options) -> None:
        super().__init__(ws_url=registration.url, **PLACEHOLDER, **options)
        self._registration = registration

    async def _connection_task(self) -> None:
        self._http_session = _TokenSession(self._http_session, self._registration)
        await super()._connection_task()
