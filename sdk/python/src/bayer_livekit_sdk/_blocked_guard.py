"""Puts a check before a function of upstream's, once, and leaves the rest of it as it is."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

Arguments = dict[str, Any]
Check = Callable[[Arguments], None]
"""Sees the arguments by name, may change them, and raises what the caller shall get."""


def guard(owner: Any, name: str, check: Check) -> None:
    """`owner.name(..)` runs `check` first. A second guard of the same function is left out."""
    original = vars(owner)[name]
    if getattr(original, "__lkps_guarded__", False):
        return
    signature = inspect.signature(original)

    @functools.wraps(original)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:  # says what is wrong with the call itself
            return original(*args, **kwargs)
        given = dict(bound.arguments)
        check(given)
        kwargs.update({key: given[key] for key in given if key not in bound.arguments})
        return original(*args, **kwargs)

    guarded.__lkps_guarded__ = True  # type: ignore[attr-defined]
    setattr(owner, name, guarded)


def is_given(value: object) -> bool:
    """Neither absent nor empty, nor upstream's NOT_GIVEN (which is falsy)."""
    return bool(value)


def parameters(function: object) -> frozenset[str]:
    """The names of a function's parameters; none for what has no signature."""
    try:
        return frozenset(inspect.signature(function).parameters)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return frozenset()


def literals(function: object) -> frozenset[str]:
    """The strings in a function's code, those of functions defined in it included."""
    code = getattr(inspect.unwrap(function) if callable(function) else function, "__code__", None)
    found: set[str] = set()
    pending = [code] if code is not None else []
    while pending:
        for constant in pending.pop().co_consts:
            if isinstance(constant, str):
                found.add(constant)
            elif inspect.iscode(constant):
                pending.append(constant)
    return frozenset(found)
