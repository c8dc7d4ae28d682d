"""Which checks are made, as the estate file and the command line want them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from offcall.core.checks import Check, checks_of
from offcall.core.errors import EstateError, UserError
from offcall.core.estate import Estate
from offcall.core.text import did_you_mean
from offcall.core.yamlfile import validate
from offcall.kubernetes.checking import PREFIX, KubernetesCheck
from offcall.kubernetes.estate import CheckSettings, Section

__all__ = ["Chosen", "all_checks", "choose"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The checks to make, and those that the estate file disables, with the reason."""

    checks: tuple[Check, ...]
    disabled: Mapping[str, str]


def all_checks() -> list[KubernetesCheck]:
    """Every check of manifests, by id."""
    return [one for one in checks_of("k8s") if isinstance(one, KubernetesCheck)]


def choose(estate: Estate, *, only: Sequence[str] = (), skip: Sequence[str] = ()) -> Chosen:
    """The checks that are made.

    Args:
        only: names of checks, or families of them; all when empty. One that the estate file
            disables is made if it is named here.
        skip: names of checks, or families.

    Raises:
        UserError: there is no such check.
        EstateError: settings of a check that does not exist, or do not fit it.
    """
    known = {one.name: one for one in all_checks()}
    wanted, unwanted = _named(only, known, "--check"), _named(skip, known, "--skip")
    settings = {
        _known(name, known, estate): (name, one)
        for name, one in estate.section("k8s", Section).checks.items()
    }
    chosen: list[Check] = []
    disabled: dict[str, str] = {}
    for name, one in known.items():
        written, setting = settings.get(name, (name, CheckSettings()))
        configured = _configured(one, written, setting, estate)
        if (only and name not in wanted) or name in unwanted:
            continue
        if setting.disabled is not None and name not in _exactly(only):
            disabled[name] = setting.disabled
        else:
            chosen.append(configured)
    return Chosen(tuple(chosen), disabled)


def _configured(
    one: KubernetesCheck, written: str, setting: CheckSettings, estate: Estate
) -> Check:
    values = setting.parameters
    if values and one.parameters is None:
        key = next(iter(values))
        raise EstateError(
            f"unknown key '{key}' in k8s.checks.{written}",
            file=str(estate.path or "estate"),
            line=estate.line("k8s", "checks", written, key),
            expected="severity or disabled: this check has no parameters",
        )
    parameters = None
    if one.parameters is not None:
        parameters = validate(
            one.parameters,
            values,
            file=str(estate.path or "estate"),
            prefix=["k8s", "checks", written],
            root=estate.node,
            error=EstateError,
        )
    return one.configured(setting.severity, parameters)


def _exactly(names: Iterable[str]) -> set[str]:
    return {name.removeprefix(PREFIX) for name in names}


def _known(name: str, known: Mapping[str, KubernetesCheck], estate: Estate) -> str:
    short = name.removeprefix(PREFIX)
    if short not in known:
        raise EstateError(
            f"k8s.checks: there is no check '{name}'",
            file=str(estate.path or "estate"),
            line=estate.line("k8s", "checks", name),
            hint=did_you_mean(short, known) or "`offcall k8s checks` lists them",
        )
    return short


def _named(names: Sequence[str], known: Mapping[str, KubernetesCheck], option: str) -> set[str]:
    families = {one.family for one in known.values()}
    found: set[str] = set()
    for name in names:
        short = name.removeprefix(PREFIX)
        if short in families:
            found |= {one.name for one in known.values() if one.family == short}
        elif short in known:
            found.add(short)
        else:
            raise UserError(
                f"{option}: there is no such check, nor a family of checks",
                value=name,
                hint=did_you_mean(short, {*known, *families}) or "`offcall k8s checks` lists them",
            )
    return found
