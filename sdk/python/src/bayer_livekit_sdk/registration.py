"""One registration at the platform. Whoever calls retries."""

import asyncio
import platform
import uuid
from datetime import datetime, timezone

import aiohttp
from livekit import agents

from .answer import Question, Registration, read_answer
from .errors import RegistrationUnavailable
from .secret import Secret
from .settings import Settings
from .transport import proxy_for, said_by
from .version import __version__

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_MOST_BYTES = 64 * 1024


def user_agent() -> str:
    return f"bayer-livekit-sdk/{__version__} python/{platform.python_version()} livekit-agents/{agents.__version__}"


async def register(settings: Settings, session: aiohttp.ClientSession, access_token: Secret) -> Registration:
    """Raises RegistrationRefused or RegistrationUnavailable, both with the request id."""
    question = Question(settings.register_url, settings.scope, settings.region, str(uuid.uuid4()))
    headers = {
        "authorization": f"Bearer {access_token.reveal()}",
        "x-request-id": question.request_id,
        "user-agent": user_agent(),
        "accept-encoding": "identity",
    }
    declared = settings.client_authorization
    body = None if declared is None else {"client_authorization": declared}
    try:
        async with session.post(
            settings.register_url,
            headers=headers,
            json=body,
            skip_auto_headers=() if body else ("content-type",),
            allow_redirects=False,
            timeout=_TIMEOUT,
            **proxy_for(settings.register_url),
        ) as response:
            content = await _read(response.content)
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
        reason = "no answer within 10 s" if isinstance(error, asyncio.TimeoutError) else said_by(error, access_token)
    else:
        received = {name.lower(): value for name, value in response.headers.items()}
        return read_answer(question, response.status, received, content, datetime.now(timezone.utc))
    raise RegistrationUnavailable(f"the platform is not reachable: {reason} (request {question.request_id})")


async def _read(stream: aiohttp.StreamReader) -> bytes:
    """At most so much: what is longer is no registration, and is read as what it is cut to."""
    content = b""
    while len(content) < _MOST_BYTES:
        chunk = await stream.read(_MOST_BYTES - len(content))
        if not chunk:
            break
        content += chunk
    return content
