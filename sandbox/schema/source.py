"""Reads the installed Stripe SDK as source: its classes, its operations, its versions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from sandbox.schema.wanted import Operation, nameless

IMPORT_CHAIN = 6


class Module(NamedTuple):
    """What one file defines and where its other names come from."""

    classes: dict[str, ast.ClassDef]
    imports: dict[str, tuple[str, str]]


class Found(NamedTuple):
    """A class and the module it stands in."""

    module: str
    node: ast.ClassDef


class Method(NamedTuple):
    """One operation as the SDK declares it."""

    module: str
    service: str
    path: str
    params: ast.expr | None
    returns: ast.expr


def installed_sdk() -> Path:
    """Return the folder of the installed `stripe` package, without importing it."""
    spec = find_spec("stripe")
    if spec is None or spec.origin is None:
        raise LookupError("The stripe package is not installed; run the set-up first.")
    return Path(spec.origin).parent


class Sdk:
    """The SDK's modules, parsed on demand."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or installed_sdk()
        self._modules: dict[str, Module | None] = {}

    @cached_property
    def api_version(self) -> str:
        """Stripe's API version, as in `2026-10-28.endive`."""
        return self._constant("_api_version.py", "CURRENT")

    @cached_property
    def version(self) -> str:
        """The version of the SDK itself."""
        return self._constant("_version.py", "VERSION")

    def module(self, name: str) -> Module | None:
        """Return the named module of the SDK, or None for anything outside it."""
        if name not in self._modules:
            path = self._path(name)
            self._modules[name] = _parsed(path) if path else None
        return self._modules[name]

    def find_class(self, module: str, name: str, depth: int = 0) -> Found | None:
        """Follow the name through imports to the class it stands for."""
        here = self.module(module)
        if here is None or depth > IMPORT_CHAIN:
            return None
        if name in here.classes:
            return Found(module, here.classes[name])
        if name in here.imports:
            origin, original = here.imports[name]
            return self.find_class(origin, original, depth + 1)
        return None

    def operations(self, wanted: set[Operation]) -> dict[Operation, Method]:
        """Return the wanted operations that the SDK's services offer."""
        found: dict[Operation, Method] = {}
        for name in self._names(r"_service\.py$"):
            module = self.module(name)
            for service in module.classes.values() if module else ():
                every = _methods(name, service)
                found.update((one, method) for one, method in every if one in wanted)
        return found

    def resources(self) -> dict[str, Found]:
        """Return the SDK's resource classes by their `object` name."""
        found = {}
        for name in self._names(r"(?<!_service)(?<!__init__)\.py$"):
            if re.search(r"\.(params|events)\.", name) or re.search(r"\.v2\.(?!core\._)", name):
                continue
            module = self.module(name)
            for node in module.classes.values() if module else ():
                if object_name := _object_name(node):
                    found[object_name] = Found(name, node)
        return found

    def _names(self, pattern: str) -> Iterator[str]:
        for path in sorted(self.root.rglob("*.py")):
            if re.search(pattern, path.name):
                yield ".".join(("stripe", *path.relative_to(self.root).with_suffix("").parts))

    def _path(self, name: str) -> Path | None:
        first, *rest = name.split(".")
        if first != "stripe":
            return None
        base = self.root.joinpath(*rest)
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.exists():
                return path
        return None

    def _constant(self, filename: str, name: str) -> str:
        source = (self.root / filename).read_text()
        match = re.search(rf'{name} = "([^"]+)"', source)
        if match is None:
            raise LookupError(f"{filename} of the stripe package has no {name}.")
        return match.group(1)


def _parsed(path: Path) -> Module:
    tree = ast.parse(path.read_text())
    imports = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in _top(tree.body)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    classes = {node.name: node for node in _top(tree.body) if isinstance(node, ast.ClassDef)}
    return Module(classes, imports)


def _top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield what stands at the top of a module, also under `if TYPE_CHECKING`."""
    for node in body:
        if isinstance(node, ast.If):
            yield from _top(node.body)
        else:
            yield node


def _methods(module: str, service: ast.ClassDef) -> Iterator[tuple[Operation, Method]]:
    for function in service.body:
        if not isinstance(function, ast.FunctionDef) or function.returns is None:
            continue
        params = next((a.annotation for a in function.args.args if a.arg == "params"), None)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_request":
                verb, path = _text(node.args[0]), _text(node.args[1])
                method = Method(module, service.name, path, params, function.returns)
                yield Operation(verb, nameless(path)), method


def _text(node: ast.expr) -> str:
    """Return a string literal, also of `"literal".format(…)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _text(node.func.value)
    return str(ast.literal_eval(node))


def _object_name(node: ast.ClassDef) -> str | None:
    for line in node.body:
        if (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and line.target.id == "OBJECT_NAME"
            and isinstance(line.value, ast.Constant)
        ):
            return str(line.value.value)
    return None
