"""Which tools a server offers, and how each looks in the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offcall.core.registry import NO_RECORD, SPENDS, Effect, Tool

if TYPE_CHECKING:
    import mcp_types as protocol

__all__ = ["Offer", "offers"]

BY_HELP = "the person who wants this done, for the audit; ask for the name, do not make one up"


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool as one server offers it.

    Args:
        tool: the registered tool.
        hidden: parameters that callers may not set.
        effect: what a call here changes; less than the tool could, when `hidden` sees to it.
        fixed: the values of those of the hidden parameters that are not left at their default.
    """

    tool: Tool
    hidden: frozenset[str]
    effect: Effect
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def input_schema(self) -> dict[str, Any]:
        """JSON schema of the arguments, without the hidden ones."""
        schema = self.tool.input_model.model_json_schema()
        properties = schema.setdefault("properties", {})
        for name in self.hidden:
            del properties[name]
        if self.needs_person:
            properties["by"] = {"type": "string", "minLength": 1, "description": BY_HELP}
            schema.setdefault("required", []).append("by")
        if self.tool.ends_with:
            schema["anyOf"] = [
                {"required": [name], "properties": {name: {"const": True}}}
                for name in self.tool.ends_with
            ]
        return schema

    @property
    def destroys(self) -> bool:
        """Whether it may take away what nothing brings back: outside, or from the history."""
        if self.effect is Effect.READ:
            return False
        return self.effect is Effect.CHANGE or self.tool.confirm is not None

    @property
    def needs_person(self) -> bool:
        """Whether a call must name who wants it: what runs the server is no person."""
        return self.effect is not Effect.READ and self.tool.takes_by

    def refusal(self, arguments: Mapping[str, Any]) -> str | None:
        """Why a call with these arguments is not made.

        What is hidden, what would never end, what nobody is named for.
        """
        refused = sorted(self.hidden & arguments.keys())
        if refused:
            return f"{self.tool.name}: {refused[0]} cannot be set by a caller of this server"
        ends = self.tool.ends_with
        if ends and not any(arguments.get(name) is True for name in ends):
            return f"{self.tool.name} goes on for ever; set {' or '.join(ends)}"
        if self.needs_person and not str(arguments.get("by") or "").strip():
            return f"{self.tool.name}: by must name the person who wants this done"
        return None

    def output_schema(self) -> dict[str, Any]:
        """JSON schema of `structuredContent`; its root is an object, as the protocol asks."""
        schema = self.tool.result_type.model_json_schema(mode="serialization")
        if "$ref" in schema:
            # A model that contains itself: pydantic puts it among the definitions.
            name = schema["$ref"].rpartition("/")[2]
            schema = {**schema["$defs"][name], "$defs": schema["$defs"]}
        return schema

    def describe(self) -> protocol.Tool:
        """The protocol's description, with hints on what a call changes."""
        import mcp_types as protocol

        return protocol.Tool(
            name=self.tool.slug,
            title=f"offcall {self.tool.name}",
            description="\n\n".join(t for t in (self.tool.summary, self.tool.description) if t),
            input_schema=self.input_schema(),
            output_schema=self.output_schema(),
            annotations=protocol.ToolAnnotations(
                read_only_hint=self.effect is Effect.READ,
                destructive_hint=self.destroys,
                idempotent_hint=self.effect is Effect.READ,
                open_world_hint=self.effect is Effect.CHANGE,
            ),
        )


def offers(
    tools: Iterable[Tool], *, record: bool = False, changes: bool = False, files: bool = True
) -> dict[str, Offer]:
    """The tools to serve, by the name that callers use.

    Args:
        record: also those that write offcall's own history.
        changes: also those that change something outside, or reading that costs money.
        files: callers may name files on this machine. Without, parameters that are files are
            hidden, and a tool that cannot do without one is left out.
    """
    allowed = {Effect.READ}
    allowed |= {Effect.RECORD} if record else set()
    allowed |= {Effect.CHANGE} if changes else set()
    found: dict[str, Offer] = {}
    for tool in tools:
        named = [] if files else [p for p in tool.parameters if p.type is Path]
        hidden = frozenset(p.name for p in named)
        if tool.goes_on_with is not None:
            # An answer must come.
            hidden |= {tool.goes_on_with}
        if tool.effect is Effect.READ and not changes:
            # Money is only spent where something may be changed.
            hidden |= {p.name for p in tool.parameters if p.name == SPENDS}
        if any(p.required for p in named):
            continue
        if tool.effect in allowed:
            found[tool.slug] = Offer(tool, hidden, tool.effect)
        # Where nothing may be recorded it is served with this set, and then only reads.
        elif any(p.name == NO_RECORD for p in tool.parameters):
            found[tool.slug] = Offer(tool, hidden | {NO_RECORD}, Effect.READ, {NO_RECORD: True})
    return found
