"""Makes the catalogue out of what was seen in both versions. Fails where something was seen that no row stands for."""

from typing import Any

from .notes import HELPERS, JUDGED, KINDS, REMARKS, REPLACED
from .sources import PINS, REPAIRS, TEMPLATES, VERSIONS, module_of, package_of

Seen = dict[str, Any]
_BROKEN = ("ImportError", "ModuleNotFoundError", "AttributeError", "TypeError: Invalid")
"""How a class says that what is installed does not fit together; anything else asks for settings."""


class NotCovered(Exception):
    """Something uses a LiveKit API key, and the catalogue has no answer for it."""


def catalogue(seen: dict[str, Seen]) -> dict[str, Any]:
    """`seen`: version of livekit-agents -> what `inspect_version` answered."""
    extras = sorted({extra for version in VERSIONS for extra in seen[version]["plugins"]} - TEMPLATES)
    ways = {name: way for version in reversed(VERSIONS) for name, way in _ways(seen[version]["plugins"]).items()}
    _check_helpers(seen)
    return {
        "livekit-agents": list(VERSIONS),
        "plugins": [_plugin(extra, seen) for extra in extras],
        "ways": {name: ways[name] for name in sorted(ways) if module_of(name) not in map(module_of, extras)},
        "helpers": [_helper(name, seen) for name in HELPERS],
    }


def _plugin(extra: str, seen: dict[str, Seen]) -> dict[str, Any]:
    found = {version: seen[version]["plugins"][extra] for version in VERSIONS if extra in seen[version]["plugins"]}
    oldest = next(iter(found.values()))
    fits = VERSIONS[0] in found
    return {
        "name": module_of(extra),
        "extra": extra if fits else None,
        "requirements": _requirements(extra, found[VERSIONS[0]]) if fits else [],
        "kinds": list(KINDS.get(extra, oldest.get("kinds", ()))),
        "remark": JUDGED[extra][1] if extra in JUDGED else REMARKS.get(extra, ""),
        "versions": {version: _verdict(extra, one) for version, one in found.items()},
    }


def _requirements(extra: str, found: Seen) -> list[str]:
    marker = '; python_version >= "3.12"' if extra == "browser" else ""
    if extra in PINS:
        return [PINS[extra], *REPAIRS.get(extra, ())]
    pin = [] if extra == "browser" else [f"{package_of(extra)}~=1.4.4"]
    own = [text for text in REPAIRS.get(extra, ()) if not text.startswith(package_of(extra))]
    return [f"livekit-agents[{extra}]~=1.4.4{marker}", *pin, *own]


def _verdict(extra: str, found: Seen) -> dict[str, Any]:
    blocked: dict[str, str] = found.get("blocked", {})
    row: dict[str, Any] = {"version": found["version"], "imports": found["imports"]}
    if not found["imports"]:
        return {**row, "verdict": "broken", "error": found["error"]}
    for function, said in blocked.items():
        if not said.startswith("BlockedError: "):
            raise NotCovered(f"{function} says {said}")
    if found["sites"] and not blocked and extra not in JUDGED:
        raise NotCovered(f"{extra}: {found['sites']}")
    for name, said in found["constructed"].items():
        if said.startswith(_BROKEN):
            raise NotCovered(f"{extra}: {name} says {said}")
    verdict = JUDGED[extra][0] if extra in JUDGED else "blocked" if blocked else "works"
    made = [name for name, said in found["constructed"].items() if said == "yes"]
    return {**row, "verdict": verdict, "blocked": sorted(blocked), "constructed": sorted(made)}


def _ways(plugins: dict[str, Seen]) -> dict[str, str]:
    """`ollama` -> `openai.LLM.with_ollama()`."""
    found: dict[str, str] = {}
    for extra, seen in plugins.items():
        for way in seen.get("ways", ()):
            name = way.partition(".with_")[2]
            if way.startswith("LLM."):
                found[name] = f"{module_of(extra)}.{way}()"
    return found


def _helper(name: str, seen: dict[str, Seen]) -> dict[str, Any]:
    return {
        "name": name,
        "remark": HELPERS[name][0],
        "versions": {version: _outcome(name, seen[version]["helpers"][name]) for version in VERSIONS},
    }


def _outcome(name: str, said: str) -> str:
    for start, verdict in {"BlockedError: ": "blocked", "works": "works", "not there": "not there"}.items():
        if said.startswith(start):
            return verdict
    raise NotCovered(f"{name} says {said}")


def _check_helpers(seen: dict[str, Seen]) -> None:
    known = [site for _, sites in HELPERS.values() for site in sites] + [
        s for sites in REPLACED.values() for s in sites
    ]
    for version in VERSIONS:
        for site in seen[version]["sites"]:
            if not any(site.removeprefix("livekit.agents.").startswith(start) for start in known):
                raise NotCovered(f"{version}: {site} uses {seen[version]['sites'][site]}")
