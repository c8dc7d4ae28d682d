"""What the documentation says to type works: each command without --demo is executed.

It runs in a folder with the files that the pages show, against moto and the fake of AWS. The output
of the others is compared by test_written.py and test_reference.py.
"""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from offcall.history.opening import open_url
from offcall.surfaces.cli.session import open_context
from scripts.docsgen.console import blocks, commands_in, environment, run_status, shell_lines
from scripts.docsgen.examples import EXAMPLES
from scripts.docsgen.pages import ROOT, written_pages
from tests.docs.reader import SEED, Reader, block, reading
from tests.servers.aws import Aws

TEXTS = {page: page.read_text(encoding="utf-8") for page in written_pages()}
COMMANDS = sorted(
    {
        command
        for source in (*(commands_in(text) for text in TEXTS.values()), *EXAMPLES.values())
        for command in source
        if "--demo" not in command
    }
)

STACKS = sorted(
    {line for text in TEXTS.values() for line in shell_lines(text) if line.startswith("aws ")}
)

# They go on until they are told to stop; each says this when it has begun.
SERVICES = {
    r"offcall health watch(?!.*--until-empty)": "stop with Ctrl-C",
    r"offcall worker": "stop with Ctrl-C",
    r"offcall notify run.*--every": "sent to ",
    r"offcall mcp --http": "serving on http://127.0.0.1:",
}

PATIENCE_SECONDS = 90

# What they find makes them end so, as the pages say; a price that nobody agreed to.
FINDS = {"--fail-on": 1, "--engine athena": 2}

# Programs that are not offcall's, and why they are not run here.
ELSEWHERE = {
    "aws": "sets up an AWS account; tests/deploy deploys the templates, and see below",
    "npx": "the MCP inspector; tests/surfaces/mcp runs the one of its lock file",
    "pip": "asks a registry; tests/deploy/test_container.py installs all extras",
    "openssl": "32 random bytes",
    "git": "gets the repository",
    "make": "runs these tests",
    ".venv/bin/pytest": "runs these tests",
    ".venv/bin/pre-commit": "changes the repository's hooks",
    "podman": "needs images of a registry; tests/deploy/test_container.py",
    "kubectl": "needs a cluster; tests/deploy/test_kubernetes.py",
    "sudo": "changes this machine; tests/deploy/test_systemd.py",
    "sqlite3": "run with places of its own by test_worker_page.py, as the next two are",
    "pg_dump": "see above",
    "pg_restore": "see above",
}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample estate's history, with the finding muted that the examples unmute."""
    from offcall.demo.seed import prepare
    from offcall.history.findings import mute

    file = tmp_path_factory.mktemp("history") / "history.sqlite"
    options = {
        "verbose": 0, "demo": True, "estate": None, "time_zone": None, "now": None,
        "quiet": True, "no_color": True,
    }  # fmt: skip
    with open_context(options) as ctx, open_url(f"sqlite:///{file}") as opened:
        prepare(ctx, opened)
        mute(opened, SEED, by="reader", why="an example", until=None, now=ctx.now)
    return file


@pytest.fixture
def reader(aws: Aws, tmp_path: Path, history: Path) -> Iterator[Reader]:
    with reading(aws, tmp_path, history) as one:
        yield one


def ready(command: str) -> str | None:
    """What a service says when it has begun; None for a command that ends by itself."""
    return next((said for pattern, said in SERVICES.items() if re.match(pattern, command)), None)


@pytest.mark.parametrize("command", [one for one in COMMANDS if ready(one) is None])
def test_a_command_does_what_the_page_says(reader: Reader, command: str) -> None:
    saved = re.search(r"--from (\S+\.json)", command)
    for earlier in COMMANDS:
        if saved is not None and f"--save {saved[1]}" in earlier:
            run_status(earlier, folder=reader.folder, env=reader.env)
    status, output = run_status(reader.here(command), folder=reader.folder, env=reader.env)
    expected = {0, *(code for flag, code in FINDS.items() if flag in command)}
    assert status in expected, output
    assert "this is a bug" not in output
    assert "Traceback" not in output
    assert output or ">" in command or "--quiet" in command


@pytest.mark.parametrize("command", [one for one in COMMANDS if ready(one) is not None])
def test_a_service_begins_and_ends(reader: Reader, command: str) -> None:
    words = shlex.split(reader.here(command), comments=True)
    process = subprocess.Popen(
        words,
        cwd=reader.folder,
        env={**environment(), **reader.env, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    assert process.stdout is not None
    # One that never begins is told from one that never ends.
    give_up = threading.Timer(PATIENCE_SECONDS, process.kill)
    give_up.start()
    for line in process.stdout:
        said.append(line)
        if str(ready(command)) in line:
            process.send_signal(signal.SIGTERM)
            break
    try:
        rest, _ = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        give_up.cancel()
        process.kill()
    output = "".join(said) + rest
    # uvicorn ends itself by the signal that it got, once everything is closed.
    assert process.returncode in (0, -signal.SIGTERM if " mcp " in command else 0), output
    assert "Traceback" not in output


def test_all_kinds_of_service_are_among_them() -> None:
    for pattern in SERVICES:
        assert any(re.match(pattern, command) for command in COMMANDS), pattern


def test_every_output_that_is_shown_is_compared() -> None:
    steps = [step for text in TEXTS.values() for one in blocks(text) for step in one.steps]
    assert [step.command for step in steps if not step.runs] == []


def test_what_is_not_executed_is_named() -> None:
    programs = {
        shlex.split(line, comments=True)[0] for text in TEXTS.values() for line in shell_lines(text)
    }
    assert programs - {"offcall"} == ELSEWHERE.keys()


@pytest.mark.parametrize(
    "line",
    sorted({one for text in TEXTS.values() for one in shell_lines(text) if one[:4] == "aws "}),
)
def test_a_stack_has_the_parameters_that_are_given(line: str) -> None:
    words = shlex.split(line, comments=True)
    text = (ROOT / words[words.index("--template-file") + 1]).read_text(encoding="utf-8")
    given = {word.partition("=")[0] for word in words if re.match(r"[A-Z]\w+=", word)}
    known = set(re.findall(r"^  (\w+):$", text.partition("\nResources:")[0], re.MULTILINE))
    assert given <= known
    assert ("AWS::IAM" in text) == ("--capabilities" in words)


def test_the_inventory_that_is_shown_can_be_read(reader: Reader) -> None:
    shown = block("docs/lifecycle.md", "yaml", "taken_at:")
    (reader.folder / "inventory.yaml").write_text(shown)
    status, output = run_status(
        "offcall lifecycle list --inventory inventory.yaml --output json",
        folder=reader.folder,
        env=reader.env,
    )
    assert status == 0, output
    for one in yaml.safe_load(shown)["resources"]:
        assert (one.get("name") or one["arn"].rpartition(":")[2]) in output


def test_what_is_written_in_python_is_python() -> None:
    for page in (*TEXTS, ROOT / "CONTRIBUTING.md"):
        for body in re.findall(
            r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL
        ):
            compile(body, str(page), "exec")
