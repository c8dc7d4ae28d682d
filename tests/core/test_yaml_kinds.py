"""Models that a key tells apart: its absence and its unknown values, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from offcall.core.errors import UserError
from offcall.core.yamlfile import load_yaml, validate


class Slack(BaseModel):
    kind: Literal["slack"]


class Mail(BaseModel):
    kind: Literal["mail"]


class Top(BaseModel):
    channels: dict[str, Annotated[Slack | Mail, Field(discriminator="kind")]]


def refused(tmp_path: Path, text: str) -> str:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    with pytest.raises(UserError) as caught:
        validate(Top, load_yaml(file), file="x.yaml")
    return str(caught.value)


def test_an_unknown_kind_says_which_there_are(tmp_path: Path) -> None:
    assert refused(tmp_path, "channels:\n  ops: {kind: slak}\n") == (
        "x.yaml:2: channels.ops.kind: not known\n"
        "  found:    slak\n"
        "  expected: slack | mail\n"
        "  did you mean 'slack'?"
    )


def test_a_missing_kind_is_said(tmp_path: Path) -> None:
    assert refused(tmp_path, "channels:\n  ops: {}\n") == (
        "x.yaml:2: channels.ops.kind is missing\n  expected: a value for kind"
    )
