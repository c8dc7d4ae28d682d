"""Every AWS operation that the source code calls, found without running it.

All clients come from `offcall.core.aws`, and operations are named as text:

    rds = client("rds")                    the variable `rds` means the service rds, in this module
    rds.pages("describe_db_instances", …)  so this is rds:DescribeDBInstances
    self._health.call(…)                   a variable, or a method that gives a client, means the
    access.health().call(…)                service that it is named after

A name that the code does not give as text cannot be compared with a policy, so it is an error here.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name

import offcall
from offcall.core.aws_errors import iam_action

__all__ = ["Call", "calls_in", "calls_of_the_product"]

SOURCE = Path(offcall.__path__[0])
# `Client.call` and `Client.pages` themselves, which take the name from their caller.
EXEMPT = {SOURCE / "core/aws.py": {"operation"}}
METHODS = {"call", "pages"}


@dataclass(frozen=True, slots=True)
class Call:
    """An operation, and a place that calls it."""

    service: str
    operation: str
    where: str

    @property
    def action(self) -> str:
        """The IAM action: "es:DescribeDomains"."""
        return iam_action(
            _model(self.service).signing_name, _operations(self.service)[self.operation]
        )


def calls_of_the_product() -> list[Call]:
    """The calls of all modules."""
    return [
        call
        for path in sorted(SOURCE.rglob("*.py"))
        for call in calls_in(path.read_text(encoding="utf-8"), path)
    ]


def calls_in(text: str, path: Path) -> Iterator[Call]:
    """The calls of one module.

    Raises:
        ValueError: an operation or a service that cannot be told from the text.
    """
    tree = ast.parse(text)
    services = _services(tree)
    if not services and "offcall.core.aws" not in text:
        return  # other things have a method `call` too
    for node in sorted(filter(_is_call, ast.walk(tree)), key=lambda one: one.lineno):
        where = f"{path.name}:{node.lineno}"
        first = node.args[0]
        if isinstance(first, ast.Name) and first.id in EXEMPT.get(path, ()):
            continue
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            said = ast.unparse(first)
            raise ValueError(f"{where}: the operation is not named as text: {said}")  # noqa: TRY004
        yield Call(_service(node.func.value, first.value, services, where), first.value, where)


def _is_call(node: ast.AST) -> bool:
    """`X.call("…")` and `X.pages("…")`; tools are called with a context and not with text."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in METHODS
        and bool(node.args)
        and not (isinstance(node.args[0], ast.Name) and node.args[0].id == "ctx")
    )


def _services(tree: ast.AST) -> dict[str, set[str]]:
    """What each variable of a module can mean; "" has every service that the module names."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        if (name := _opened(node)) is not None:
            found[""].add(name)
        if isinstance(node, ast.Assign | ast.AnnAssign) and (name := _opened(node.value)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                found[ast.unparse(target)].add(name)
    return found


def _opened(node: ast.AST | None) -> str | None:
    """The service of `client("…")` or `anything.client("…")`."""
    if not (isinstance(node, ast.Call) and node.args):
        return None
    function, first = node.func, node.args[0]
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    if name.lstrip("_").endswith("client") and isinstance(first, ast.Constant):
        return str(first.value)
    return None


def _service(receiver: ast.expr, operation: str, services: dict[str, set[str]], where: str) -> str:
    """The one service that `receiver` can be, among those that have the operation."""
    direct = _opened(receiver)
    name = ast.unparse(receiver)
    held = receiver.func if isinstance(receiver, ast.Call) else receiver
    own = ast.unparse(held).rpartition(".")[2].strip("_")
    choices = (
        {direct} if direct else set(),
        services.get(name, set()),
        {own} & set(_session().get_available_services()),
        services[""],
    )
    for named in choices:
        possible = {one for one in named if operation in _operations(one)}
        if len(possible) == 1:
            return possible.pop()
        if possible:
            break
    said = sorted(possible) or "none that the module names"
    raise ValueError(f"{where}: {name}: {operation} may be of {said}")


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@cache
def _model(service: str) -> botocore.model.ServiceModel:
    return _session().get_service_model(service)


@cache
def _operations(service: str) -> dict[str, str]:
    """boto3's method names to the API's own."""
    return {xform_name(name): name for name in _model(service).operation_names}
