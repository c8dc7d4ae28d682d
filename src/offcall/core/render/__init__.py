"""Draw a result: terminal, plain text, Markdown, HTML, JSON, SARIF, JUnit."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from offcall.core.render.view import View
from offcall.core.results import Result

__all__ = ["OUTPUTS", "Output", "View", "render"]

Output = Literal["terminal", "plain", "markdown", "html", "json", "sarif", "junit"]
OUTPUTS: tuple[str, ...] = get_args(Output)


def render(result: Result, output: Output, view: View) -> str:
    """The result as text of the given form, ending in a newline."""
    if output == "json":
        from offcall.core.render.json import to_json

        return to_json(result)
    if output == "sarif":
        from offcall.core.render.sarif import to_sarif

        return to_sarif(result, view)
    if output == "junit":
        from offcall.core.render.junit import to_junit

        return to_junit(result)
    document = result.document(view.zone)
    if output == "html":
        from offcall.core.render.html import to_html

        return to_html(document, view)
    if output == "markdown":
        from offcall.core.render.markdown import to_markdown

        return to_markdown(document, view)
    from offcall.core.render.terminal import to_terminal

    return to_terminal(document, view if output == "terminal" else replace(view, color=False))
