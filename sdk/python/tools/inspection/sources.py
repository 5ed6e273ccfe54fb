"""What is inspected: the versions of livekit-agents, and the plugins that its own extras do not name."""

VERSIONS = ("1.4.6", "1.8.9")
PYTHON = "3.12"
"""Of the scratch environments: the oldest that every plugin of both versions has."""

NO_PLUGIN = frozenset({"codecs", "images", "mcp"})
"""Extras of livekit-agents that are no plugins."""

OTHERS = {
    "1.4.6": ("ai-coustics", "avatartalk", "minimal", "noise-cancellation", "spatialreal", "spatius", "telnyx"),
    "1.8.9": ("ai-coustics", "krisp", "minimal", "noise-cancellation", "spatialreal", "telnyx"),
}
"""Published by LiveKit or for its Cloud, and in no extra of that version of livekit-agents."""

TEMPLATES = frozenset({"minimal"})
"""Inspected, but not offered: upstream's template for authors of plugins."""

PACKAGES = {"minimax": "livekit-plugins-minimax-ai"}
"""Where the package is not called after the plugin."""

PINS = {
    "ai-coustics": "livekit-plugins-ai-coustics~=0.3.5",
    "avatartalk": "livekit-plugins-avatartalk~=1.4.4",
    "noise-cancellation": "livekit-plugins-noise-cancellation~=0.3.2",
    "spatialreal": "livekit-plugins-spatialreal~=1.4.4",
    "spatius": "livekit-plugins-spatius~=1.4.4",
    "telnyx": "livekit-plugins-telnyx~=0.1.0",
}
"""What the extra of a plugin installs where it is not an extra of livekit-agents."""

REPAIRS = {
    "anthropic": ("anthropic<1",),
    "aws": (
        'aws-sdk-transcribe-streaming<0.3; python_version >= "3.12"',
        'smithy-http[awscrt]; python_version >= "3.12"',
    ),
    "google": ("livekit-plugins-google~=1.4.4",),
    "mistralai": ("mistralai<2",),
    "upliftai": ("python-socketio[asyncio-client]>=5",),
}
"""
What a fresh install of 1.4.6 lacks, each seen to fail without: anthropic 1 and later refuse the plugin's HTTP client,
aws-sdk-transcribe-streaming 0.3 and later have other names, and its HTTP client is an extra that nothing asks for,
google 1.5 fits by its metadata and not by its code, mistralai 2 has moved what the plugin imports, upliftai imports
what it does not declare.
"""

EXTRA_REQUIREMENTS = {"1.4.6": ("openai<3", *(text for texts in REPAIRS.values() for text in texts)), "1.8.9": ()}
"""livekit-agents 1.4 imports httpx, and has it from openai, which no longer depends on it from version 3 on."""

SDK_REQUIREMENTS = ("azure-identity>=1.19,<2", "ipython")
"""The SDK's own, and what `livekit.agents.jupyter` imports."""


def package_of(extra: str) -> str:
    return PACKAGES.get(extra, f"livekit-plugins-{extra}")


def module_of(extra: str) -> str:
    """`turn-detector` -> `turn_detector`."""
    return extra.replace("-", "_")
