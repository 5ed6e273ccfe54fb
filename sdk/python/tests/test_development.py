"""What `dev` changes of upstream's defaults."""

from bayer_livekit_sdk.server import PlatformServer


def test_is_never_full_and_shows_its_health_to_this_machine_only() -> None:
    server = PlatformServer()
    server.for_development()
    assert server.load_fnc is not None
    assert server.load_fnc() == 0.0  # type: ignore[call-arg]
    assert server._host == "127.0.0.1"


def test_leaves_what_the_agent_says_itself() -> None:
    def busy() -> float:
        return 0.5

    server = PlatformServer(load_fnc=busy, host="0.0.0.0")  # noqa: S104
    server.for_development()
    assert server.load_fnc is busy
    assert server._host == "0.0.0.0"  # noqa: S104
