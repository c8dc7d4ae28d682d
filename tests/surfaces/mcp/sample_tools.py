"""Tools of every kind, for a server that needs no room of offcall."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Literal

from offcall.core.context import Context
from offcall.core.documents import Document, Facts
from offcall.core.errors import SourceError
from offcall.core.registry import By, Effect, Param, tool
from offcall.core.results import Result

STARTED = threading.Event()
STOPPED = threading.Event()


class Answer(Result):
    """What the sample tools say."""

    word: str
    parts: tuple[Answer, ...] = ()
    left_out: tuple[str, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        return Document("answer", blocks=(Facts((("word", self.word),)),))

    def incomplete(self) -> tuple[str, ...]:
        return self.left_out


@tool("sample say")
def say(
    ctx: Context,
    word: Annotated[str, Param("what to say")],
    tone: Annotated[Literal["low", "high"], Param("how to say it")] = "low",
    file: Annotated[Path | None, Param("read more from here")] = None,
) -> Answer:
    """Say a word.

    It is said as it is.
    """
    more = file.read_text() if file else ""
    return Answer(word=f"{word} {tone}{more}", parts=(Answer(word=word),), left_out=("eu-west-1",))


@tool("sample read-file")
def read_file(ctx: Context, file: Annotated[Path, Param("the file")]) -> Answer:
    """Read a file."""
    return Answer(word=file.read_text())


@tool("sample refuse")
def refuse(ctx: Context) -> Answer:
    """Fail as a source does."""
    raise SourceError("AWS refuses health:DescribeEvents", hint="allow that action")


@tool("sample break")
def break_(ctx: Context) -> Answer:
    """Fail as nobody expects."""
    raise ZeroDivisionError("a mistake of ours")


@tool("sample print")
def print_(ctx: Context) -> Answer:
    """Write to standard output, as a library might."""
    print("this is not protocol")
    return Answer(word="printed")


@tool("sample work")
def work(ctx: Context, steps: Annotated[int, Param("how many")] = 3) -> Answer:
    """Work step by step, until done or cancelled."""
    STARTED.set()
    try:
        with ctx.progress.task("working", steps) as advance:
            for _ in range(steps):
                advance(1)
    finally:
        STOPPED.set()
    return Answer(word="worked")


@tool("sample work-together")
def work_together(ctx: Context) -> Answer:
    """Work in threads of its own."""
    with ThreadPoolExecutor(3) as pool, ctx.progress.task("working", 30) as advance:
        list(pool.map(advance, [1] * 30))
    return Answer(word="worked")


@tool("sample note", effect=Effect.RECORD)
def note(ctx: Context, word: Annotated[str, Param("what to note")]) -> Answer:
    """Keep a word for later calls."""
    kept: list[str] = getattr(ctx, "words", [])
    ctx.words = [*kept, word]  # type: ignore[attr-defined]
    return Answer(word=" ".join(ctx.words))  # type: ignore[attr-defined]


@tool("sample report", effect=Effect.RECORD)
def report(
    ctx: Context, no_record: Annotated[bool, Param("do not keep that it was seen")] = False
) -> Answer:
    """Say what is new, and keep that it was said."""
    return Answer(word="not kept" if no_record else "kept")


@tool("sample send", effect=Effect.CHANGE)
def send(ctx: Context) -> Answer:
    """Tell the world."""
    return Answer(word="sent")


@tool("sample sign", effect=Effect.RECORD)
def sign(ctx: Context, by: By = None) -> Answer:
    """Put a name under it."""
    return Answer(word=ctx.person(by))


@tool("sample much")
def much(ctx: Context, limit: Annotated[int, Param("at most so many")] = 10_000) -> Answer:
    """Say very much."""
    ctx.progress.note("this is very much")
    return Answer(word="x\n" * 100_000, parts=tuple(Answer(word=str(n)) for n in range(limit)))


TOOLS = [
    say,
    read_file,
    refuse,
    break_,
    print_,
    work,
    work_together,
    note,
    report,
    send,
    sign,
    much,
]
