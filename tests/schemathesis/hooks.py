"""What the generated requests cannot know by themselves: which agent there is, who is calling, and LiveKit's signature."""

import base64
import hashlib
import hmac
import json
import os
import time
import uuid

import schemathesis
from requests.auth import AuthBase

AGENT = os.environ["LKPS_TEST_AGENT"]
IDENTITY = os.environ["LKPS_TEST_IDENTITY"]
WEBHOOK_KEY_ID = os.environ["LKPS_TEST_WEBHOOK_KEY_ID"]
ENTRA_TOKEN = os.environ.get("LKPS_TEST_ENTRA_TOKEN", "")
WEBHOOK_SECRET = os.environ["LKPS_TEST_WEBHOOK_SECRET"].encode()
TEXT_BYTES = {"agent_metadata": 16384, "metadata": 16384, "participant_metadata": 1024}


@schemathesis.hook
def before_call(context, case, kwargs):
    """A GUID stays a GUID, so what is valid stays valid and what is not stays wrong: only it names an agent that is there."""
    if case.operation.path == "/api/session/start" and isinstance(case.body, dict):
        case.body = with_agent(case.body)


def with_agent(body):
    named = {name: within_bytes(value, TEXT_BYTES.get(name)) for name, value in body.items()}
    if is_guid(named.get("agent_entra_app_id")):
        named["agent_entra_app_id"] = AGENT
    if isinstance(named.get("participant_identity"), str):
        named["participant_identity"] = IDENTITY
    config = named.get("room_config")
    if isinstance(config, dict) and isinstance(config.get("agents"), list):
        agents = [agent_of(agent, named) for agent in config["agents"]]
        named["room_config"] = {**config, "agents": agents}
    return named


def agent_of(agent, body):
    """Both forms in one body have to agree; a schema cannot say so."""
    if not isinstance(agent, dict):
        return agent
    named = {name: within_bytes(value, TEXT_BYTES.get(name)) for name, value in agent.items()}
    if is_guid(named.get("agent_name")):
        named["agent_name"] = AGENT
    if isinstance(named.get("metadata"), str) and isinstance(body.get("agent_metadata"), str):
        named["metadata"] = body["agent_metadata"]
    return named


def within_bytes(value, limit):
    """A schema counts characters, the contract bytes: text that is over the limit in bytes alone becomes ASCII."""
    if limit is None or not isinstance(value, str):
        return value
    size = len(value.encode("utf-8", "surrogatepass"))
    return "x" * len(value) if len(value) <= limit < size else value


def is_guid(value):
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


class LiveKitSignature(AuthBase):
    """A JWT (HS256) over the hash of the body, exactly as it goes out."""

    def __call__(self, request):
        body = request.body or b""
        request.headers["authorization"] = signature(body if isinstance(body, bytes) else body.encode())
        return request


if WEBHOOK_SECRET:
    schemathesis.auth.set_from_requests(LiveKitSignature()).apply_to(path="/livekit/webhook")

if ENTRA_TOKEN:

    @schemathesis.auth().apply_to(path=["/api/agent/register", "/api/session/start"], method="POST")
    class EntraToken:
        def get(self, case, context):
            return ENTRA_TOKEN

        def set(self, case, data, context):
            case.headers["Authorization"] = f"Bearer {data}"


def signature(body):
    claims = {
        "iss": WEBHOOK_KEY_ID,
        "exp": int(time.time()) + 300,
        "sha256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
    }
    unsigned = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    return f"{unsigned}.{encoded(hmac.new(WEBHOOK_SECRET, unsigned.encode(), hashlib.sha256).digest())}"


def part(value):
    return encoded(json.dumps(value).encode())


def encoded(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
