"""Looks in source code for whatever needs a LiveKit API key, by its syntax tree: prose in comments does not count."""

import ast
from pathlib import Path

KEY_NAMES = frozenset({"LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_TOKEN"})
_CALLS = frozenset({"AccessToken", "LiveKitAPI", "delete_room", "add_sip_participant", "transfer_sip_participant"})
_SERVICES = frozenset({"room", "sip", "egress", "ingress", "agent_dispatch", "connector"})
_OWNERS = frozenset({"ctx", "job_ctx", "job_context", "self"})


def sites(folder: Path, package: str) -> dict[str, list[str]]:
    """`module:function` -> what is used there, over all Python files of a package that lies in `folder`."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*.py")):
        module = ".".join((package, *file.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__")
        visitor = _Visitor()
        visitor.visit(ast.parse(file.read_text(encoding="utf-8")))
        for function, uses in visitor.found.items():
            found[f"{module}:{function}"] = sorted(uses)
    return found


def environment_names(folder: Path) -> set[str]:
    """The variables that a package asks the environment for."""
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                if (
                    text.isupper()
                    and "_" in text
                    and text.replace("_", "").isalnum()
                    and not text.startswith(("_", "LIVEKIT_"))
                ):
                    names.add(text)
    return names


class _Visitor(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: dict[str, set[str]] = {}
        self._path: list[str] = []

    def _enter(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._path.append(node.name)
        self.generic_visit(node)
        self._path.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _enter  # noqa: N815

    def visit_Constant(self, node: ast.Constant) -> None:
        if node.value in KEY_NAMES:
            self._note(str(node.value))

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _CALLS:
            self._note(f"{name}()")
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        inner = node.value
        if node.attr in _SERVICES and isinstance(inner, ast.Attribute) and inner.attr == "api":
            owner = inner.value
            if isinstance(owner, ast.Name) and owner.id in _OWNERS:
                self._note(f"ctx.api.{node.attr}")
        self.generic_visit(node)

    def _note(self, what: str) -> None:
        self.found.setdefault(".".join(self._path) or "<module>", set()).add(what)
