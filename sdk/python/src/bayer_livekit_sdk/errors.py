"""Why an agent cannot start or go on. None of these ever carries a token, a secret or a key."""

from collections.abc import Sequence

from .messages import ExitCode


class AgentError(Exception):
    """Ends the agent with `exit_code`; the message is for whoever runs it."""

    exit_code = ExitCode.FAILED


class SettingsError(AgentError):
    """The settings cannot be used. Lists every problem at once."""

    exit_code = ExitCode.SETTINGS

    def __init__(self, problems: Sequence[str]) -> None:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"the agent's settings cannot be used:{lines}")
        self.problems = tuple(problems)


class RegistrationRefused(AgentError):
    """A definite no of Entra or of the platform: asking again cannot mend it."""

    exit_code = ExitCode.REFUSED


class RegistrationUnavailable(AgentError):
    """Not now: asking again may mend it, but not before `retry_after_ms`."""

    exit_code = ExitCode.UNAVAILABLE

    def __init__(self, message: str, retry_after_ms: int = 0) -> None:
        super().__init__(message)
        self.retry_after_ms = retry_after_ms


class CredentialNotFound(RegistrationUnavailable):
    """No credential was found on this machine: a definite no at start, and later perhaps an outage of its source."""


class WorkerFailed(AgentError):
    """The worker library gave up."""

    exit_code = ExitCode.FAILED
