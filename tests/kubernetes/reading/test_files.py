from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from offcall.core.errors import UserError
from offcall.kubernetes.reading.files import read_paths

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\n"
TEMPLATE = """\
{{- if .Values.on }}
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}}
{{- end }}
"""
# Answers as `helm template` of Helm 3 does; there is no helm where the tests run.
HELM = """#!/bin/sh
[ "$1" = template ] || exit 1
[ -e "$3/broken" ] && { echo "Error: parse error at (shop/templates/pod.yaml:1)" >&2; exit 1; }
printf -- '---\\n# Source: shop/templates/pod.yaml\\n\\napiVersion: v1\\nkind: Pod\\n'
printf 'metadata: {name: %s}\\n' "$2"
printf -- '---\\n# Source: shop/templates/two.yaml\\napiVersion: v1\\nkind: Service\\n'
printf 'metadata: {name: two}\\n'
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "My_Chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 0.1.0\n")
    (folder / "templates/pod.yaml").write_text(TEMPLATE)
    return folder


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "helm").write_text(HELM)
    (programs / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")


def test_a_folder_is_read_with_all_below_but_what_is_not_its_own(tmp_path: Path) -> None:
    for name in ("b.yaml", "a/c.yml", "a/d.json", ".git/e.yaml", "x/node_modules/f.yaml", "g.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(POD % path.stem)
    read = read_paths([tmp_path])
    assert sorted(one.name for one in read.objects) == ["b", "c", "d"]
    assert read.unread == []
    assert read_paths([tmp_path]).objects == read.objects


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(POD % "a"))
    (found,) = read_paths([Path("-")]).objects
    assert (found.name, found.file) == ("a", "-")


def test_a_path_that_is_named_and_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_paths([tmp_path / "no.yaml"])
    assert caught.value.file == str(tmp_path / "no.yaml")


def test_what_is_not_text_is_named_and_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"kind: Pod\nname: \xff\n")
    (tmp_path / "b.yaml").write_text(POD % "b")
    read = read_paths([tmp_path])
    assert [one.name for one in read.objects] == ["b"]
    assert [(one.what, one.why) for one in read.unread] == [
        (f"{tmp_path}/a.yaml:2", "not UTF-8 text")
    ]


def test_without_helm_a_chart_is_named_and_its_templates_are_no_errors(
    chart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    read = read_paths([chart.parent])
    assert read.objects == []
    (unread,) = read.unread
    assert unread.what == str(chart)
    assert "helm" in unread.why


@pytest.mark.usefixtures("helm")
def test_a_chart_points_at_its_templates(chart: Path) -> None:
    pod, service = read_paths([chart]).objects
    assert (pod.name, pod.file, pod.line) == ("my-chart", f"{chart}/templates/pod.yaml", 3)
    assert (service.name, service.file, service.line) == ("two", f"{chart}/templates/two.yaml", 1)
    assert pod.note == "rendered by helm"


@pytest.mark.usefixtures("helm")
def test_what_helm_says_is_passed_on(chart: Path) -> None:
    (chart / "broken").touch()
    (unread,) = read_paths([chart]).unread
    assert unread.why == "helm failed: Error: parse error at (shop/templates/pod.yaml:1)"


@pytest.fixture
def overlays(tmp_path: Path) -> Path:
    files = {
        "base/kustomization.yaml": "resources: [pod.yaml]\n",
        "base/pod.yaml": "# first\n" + POD % "web" + "spec: {containers: [{name: a, image: b}]}\n",
        "prod/kustomization.yaml": "namePrefix: prod-\nresources: [../base]\n"
        "patches: [{path: patch.yaml}]\n",
        "prod/patch.yaml": POD % "web" + "spec: {priorityClassName: high}\n",
        "alone.yaml": POD % "alone",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.skipif(
    not (shutil.which("kustomize") or shutil.which("kubectl")), reason="no kustomize here"
)
def test_an_overlay_is_read_once_and_points_at_its_base(overlays: Path) -> None:
    read = read_paths([overlays])
    assert read.unread == []
    found = {one.name: one for one in read.objects}
    assert found.keys() == {"prod-web", "alone"}
    assert found["prod-web"].spec["priorityClassName"] == "high"
    assert (found["prod-web"].file, found["prod-web"].line) == (f"{overlays}/base/pod.yaml", 2)


def test_without_kustomize_an_overlay_is_named(
    overlays: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    read = read_paths([overlays])
    assert [one.name for one in read.objects] == ["alone"]
    assert [one.what for one in read.unread] == [f"{overlays}/prod"]
