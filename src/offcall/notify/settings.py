"""The estate's section as rules: names looked up, each with the line that it stands on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from offcall.core.errors import EstateError
from offcall.core.text import did_you_mean
from offcall.notify.estate import Match, QuietHours, Section
from offcall.notify.routes import Place, Rule, Rules

if TYPE_CHECKING:
    from offcall.core.estate import Estate

__all__ = ["rules_of", "section_of"]


def section_of(estate: Estate) -> Section:
    """The `notify:` section.

    Raises:
        EstateError: it does not fit.
    """
    return estate.section("notify", Section)


def rules_of(estate: Estate, zone: tzinfo) -> Rules:
    """The section, ready for planning.

    Args:
        zone: of readers whose channel names none.

    Raises:
        EstateError: a name of a channel, of quiet hours or of a digest that is not there.
    """
    section = section_of(estate)
    look = _Names(estate, section)
    places = {
        name: Place(
            name=name,
            kind=channel.kind,
            zone=ZoneInfo(channel.time_zone) if channel.time_zone else zone,
            quiet=look.quiet(channel.quiet, "channels", name, "quiet"),
        )
        for name, channel in section.channels.items()
    }
    rules = []
    for index, route in enumerate(section.routes):
        for position, name in enumerate(route.to):
            look.known("channel", name, section.channels, "routes", index, "to", position)
        if route.digest is not None:
            look.known("digest", route.digest, section.digests, "routes", index, "digest")
        rules.append(
            Rule(
                where=look.where(f"route '{route.name or index + 1}'", "routes", index),
                match=route.match,
                to=route.to,
                stop=route.then == "stop",
                digest=route.digest,
                quiet=look.quiet(route.quiet, "routes", index, "quiet"),
                reminders=section.reminders if route.reminders is None else route.reminders,
            )
        )
    for position, name in enumerate(section.default):
        look.known("channel", name, section.channels, "default", position)
    default = Rule(
        where=look.where("no route takes it: default", "default"),
        match=Match(),
        to=section.default,
        reminders=section.reminders,
    )
    return Rules(places, tuple(rules), default if section.default else None, section.digests)


class _Names:
    """Looks names up, and says where a wrong one stands."""

    def __init__(self, estate: Estate, section: Section) -> None:
        self._estate = estate
        self._section = section

    def where(self, text: str, *path: str | int) -> str:
        line = self._estate.line("notify", *path)
        file = self._estate.path.name if self._estate.path else "estate"
        return f"{text} ({file}:{line})" if line else text

    def known(self, what: str, name: str, names: Collection[str], *path: str | int) -> None:
        if name not in names:
            raise EstateError(
                f"there {'are' if what == 'quiet hours' else 'is'} no {what} '{name}'",
                file=str(self._estate.path or "estate"),
                line=self._estate.line("notify", *path),
                value=name,
                expected=f"a name under notify.{'digests' if what == 'digest' else _plural(what)}",
                hint=did_you_mean(name, names),
            )

    def quiet(self, name: str | None, *path: str | int) -> QuietHours | None:
        if name is None:
            return None
        self.known("quiet hours", name, self._section.quiet_hours, *path)
        return self._section.quiet_hours[name]


def _plural(what: str) -> str:
    return {"channel": "channels", "quiet hours": "quiet_hours"}[what]
