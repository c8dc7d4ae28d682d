from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from offcall.core.errors import EstateError, UserError
from offcall.core.yamlfile import line_of, load_documents, load_yaml, validate


class Leaf(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    size: int = 1


class Top(BaseModel):
    model_config = ConfigDict(extra="forbid")

    leaves: list[Leaf] = []
    by_name: dict[str, Leaf] = Field(default_factory=dict, alias="by-name")
    one: Leaf | None = None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.yaml"


def problem(file: Path, text: str | bytes) -> UserError:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError) as caught:
        validate(Top, load_yaml(file), file=str(file))
    assert caught.value.file == str(file)
    return caught.value


def test_values_are_plain(file: Path) -> None:
    file.write_text("leaves:\n  - name: 'a'  # why\n    size: 0x10\n", encoding="utf-8")
    top = validate(Top, load_yaml(file), file="f")
    assert top.leaves == [Leaf(name="a", size=16)]
    assert type(top.leaves[0].name) is str


def test_empty_file_and_only_comments_are_empty_mappings(file: Path) -> None:
    for text in ("", "\n", "# nothing\n", "---\n", "\ufeff# bom\n"):
        file.write_text(text, encoding="utf-8")
        assert load_yaml(file) == {}


def test_several_documents(file: Path) -> None:
    file.write_text("a: 1\n---\nb: 2\n", encoding="utf-8")
    assert [dict(node) for node in load_documents(file)] == [{"a": 1}, {"b": 2}]
    with pytest.raises(UserError, match="several"):
        load_yaml(file)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a: 1\n"))
    assert load_yaml(Path("-")) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "line", "said", "hint"),
    [
        ("leafs: []\n", 1, "unknown key 'leafs' in the file", "did you mean 'leaves'?"),
        (
            "leaves:\n  - name: a\n    sise: 3\n",
            3,
            "unknown key 'sise' in leaves.0",
            "did you mean 'size'?",
        ),
        (
            "by-name:\n  x:\n    name: a\n    siez: 3\n",
            4,
            "unknown key 'siez' in by-name.x",
            "did you mean 'size'?",
        ),
        (
            "one:\n  nmae: a\n",
            2,
            "unknown key 'nmae' in one (1 more",
            "did you mean 'name'?",
        ),
        ("leaves:\n  - size: 1\n", 2, "leaves.0.name is missing", None),
        ("leaves:\n  - name: a\n    size: big\n", 3, "leaves.0.size: Input should be", None),
        ("leaves: 3\n", 1, "leaves: Input should be a valid list", None),
    ],
)
def test_what_does_not_fit(file: Path, text: str, line: int, said: str, hint: str | None) -> None:
    error = problem(file, text)
    assert error.line == line
    assert error.message.startswith(said)
    assert error.hint == hint


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
        ("a: [1\nb: 2\n", 2, "not valid YAML"),
        ("one: {name: a}\none: {name: b}\n", 2, 'found duplicate key "one"'),
        (b"a: 1\nb: \xff\xfe\n", 2, "not UTF-8 text"),
        ("a: 2026-99-99\n", None, "not valid YAML: month must be in 1..12"),
        ("a: \x01\n", None, "not valid YAML"),
        ("a: *nothing\n", 1, "undefined alias"),
        ("one: &x\n  name: *x\n", 1, "the alias *x refers to a value that contains it"),
        ("leaves: &x [*x]\n", 1, "the alias *x refers to a value that contains it"),
        ("[" * 3000, None, "nested too deeply"),
        ("!!python/object:os.system x\n", None, ""),
        ("a: b: c\n", 1, "not valid YAML"),
        ("? - :\n", None, "a key is a word"),
        ("leaves:\n  - {[a]: b}\n", 2, "a key is a word"),
        ("? {a: b}\n: c\n", 1, "a key is a word"),
    ],
)
def test_what_is_not_yaml(file: Path, text: str | bytes, line: int | None, said: str) -> None:
    error = problem(file, text)
    assert said in error.message
    if line is not None:
        assert error.line == line


def test_aliases_may_be_used_but_not_multiply(file: Path) -> None:
    file.write_text("leaves:\n  - &x {name: a}\n  - *x\n", encoding="utf-8")
    assert len(validate(Top, load_yaml(file), file="f").leaves) == 2
    text = "l0: &l0 [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"l{i}: &l{i} [{','.join([f'*l{i - 1}'] * 10)}]\n" for i in range(1, 12)
    )
    assert "multiply" in problem(file, text).message


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "no.yaml", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(EstateError, match=said):
            load_yaml(path, error=EstateError)


def test_line_of_the_nearest_parent(file: Path) -> None:
    file.write_text("a:\n  b:\n    - 1\n    - c: 2\n", encoding="utf-8")
    node = load_yaml(file)
    assert line_of(node, []) == 1
    assert line_of(node, ["a", "b"]) == 2
    assert line_of(node, ["a", "b", 1, "c"]) == 4
    assert line_of(node, ["a", "b", 1, "missing", "deeper"]) == 4
    assert line_of({}, ["a"]) is None


@given(
    text=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                ["a: ", "- ", "&x ", "*x", "{", "}", "[", "]", "\n", "  ", "1e5 ", "0o9 ", "~ ",
                 "? ", "2026-13-01 ", "12:99:99 ", "!!int x", "| ", "> ", '"', "'", "---\n", "%",
                 "<<: "]
            ),
            max_size=12,
        ).map("".join),
    )
)  # fmt: skip
def test_any_text_is_read_or_refused_with_words(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        validate(Top, load_yaml(file), file=str(file))
    except UserError as error:
        said = (error.file, bool(error.message))
        assert said == (str(file), True)
