"""The catalogue reads any folder, runs nothing of it, and opens only what may be trusted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaeval.catalogue import Catalogue, FunctionReference, open_task, read_yaml
from jaeval.errors import TaskError

ROWS = '{"id": "a", "question": "1+2は？", "answer": "3"}\n{"id": "b", "question": "2+3は？", "answer": "5"}\n'
TASK = """
task: {name}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {rows}
    train: {rows}
output_type: generate_until
test_split: test
doc_to_text: "{{{{question}}}}"
doc_to_target: answer
generation_kwargs: {{until: ["\\n"], do_sample: false}}
"""
METRIC = "metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]\n"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a task of a stranger: `more` follows its YAML and wins over it; further files stand beside it."""
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "datasets"))
    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "rows.jsonl").write_text(ROWS, encoding="utf-8")

    def make(more: str = "", name: str = "strange", **files: str) -> Path:
        config = yaml.safe_load(TASK.format(name=name, rows=folder / "rows.jsonl"))
        overridden = {line.split(":")[0] for line in more.splitlines()}
        config = {key: value for key, value in config.items() if key not in overridden}
        text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
        (folder / f"{name}.yaml").write_text(text + ("" if "metric_list" in overridden else METRIC) + more)
        for file, content in files.items():
            (folder / file.replace("__", ".")).write_text(content)
        return folder

    return make


class TestReading:
    def test_own_tasks_come_before_the_packages(self, write: Write) -> None:
        assert not Catalogue()["mgsm_ja_sakana"].file.is_relative_to(write(name="mgsm_ja_sakana"))
        card = Catalogue([write(name="mgsm_ja_sakana")])["mgsm_ja_sakana"]
        assert card.file.parent == write()
        assert not card.trusted
        assert Catalogue([write()], trust_code=True)["strange"].trusted

    def test_the_packages_tasks_are_trusted_whatever_is_beside_them(self, write: Write) -> None:
        assert Catalogue([write()])["jfinqa_numerical"].trusted

    def test_a_name_that_is_nearly_right_is_guessed(self) -> None:
        with pytest.raises(TaskError, match=r"no task 'mgsm_ja_sakanna'\. Did you mean .*mgsm_ja_sakana"):
            Catalogue()["mgsm_ja_sakanna"]
        with pytest.raises(TaskError, match=r"no task '全く違う'\. `jaeval tasks` lists them"):
            Catalogue()["全く違う"]

    def test_a_missing_folder_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(TaskError, match="nowhere: --tasks-dir: no such folder"):
            Catalogue([tmp_path / "nowhere"])

    def test_a_group_stands_for_its_members_each_once(self, write: Write) -> None:
        folder = write()
        write(name="other")
        (folder / "group.yaml").write_text("group: both\ntask: [strange, other]\n")
        (folder / "groups.yaml").write_text("group: all_of_them\ntask: [other, both]\n")
        catalogue = Catalogue([folder])
        assert [card.name for card in catalogue.expand(["both"])] == ["strange", "other"]
        assert [card.name for card in catalogue.expand(["all_of_them", "strange"])] == ["other", "strange"]
        with pytest.raises(TaskError, match=r"no task 'bothh'.*both"):
            catalogue.expand(["bothh"])

    def test_groups_that_hold_each_other_are_refused(self, write: Write) -> None:
        folder = write()
        (folder / "a.yaml").write_text("group: a\ntask: [b, strange]\n")
        (folder / "b.yaml").write_text("group: b\ntask: [a]\n")
        with pytest.raises(TaskError, match="hold each other"):
            Catalogue([folder]).expand(["a"])

    def test_included_files_are_merged_and_hashed(self, tmp_path: Path) -> None:
        (tmp_path / "base.inc").write_text("output_type: multiple_choice\nmetadata: {version: 1}\nnum_fewshot: 3\n")
        (tmp_path / "task.yaml").write_text("include: base.inc\ntask: t\nnum_fewshot: 0\n")
        card = Catalogue([tmp_path])["t"]
        assert (card.output_type, card.config["num_fewshot"], card.header) == ("multiple_choice", 0, {"version": 1})
        assert [source.name for source in card.sources] == ["task.yaml", "base.inc"]
        before = card.task_hash
        (tmp_path / "base.inc").write_text("output_type: multiple_choice\nmetadata: {version: 2}\nnum_fewshot: 3\n")
        assert Catalogue([tmp_path])["t"].task_hash != before


BAD = {
    "no mapping": ("- a\n- b\n", "is not a mapping"),
    "nothing": ("", "is not a mapping"),
    "no YAML": ("task: [a\n", "cannot be read"),
    "no text": ("task: \ud800\n", "cannot be read"),
    "no name": ("output_type: generate_until\n", "task: no task name"),
    "nested without end": ("[" * 5_000, "cannot be read"),
    "a number that is no date": ("task: t\nday: 2026-13-45\n", "cannot be read"),
    "another tag": ("task: !!python/object/apply:os.system [id]\n", "cannot be read"),
    "a missing include": ("task: t\ninclude: nowhere.inc\n", "nowhere.inc: cannot be read"),
    "itself": ("task: t\ninclude: t.yaml\n", "t.yaml: include: files include each other"),
    "a cycle": ("task: t\ninclude: [first.inc]\n", "include: files include each other"),
}


@pytest.mark.parametrize(("text", "problem"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_one_line(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    (tmp_path / "first.inc").write_text("include: second.inc\n")
    (tmp_path / "second.inc").write_text("include: first.inc\n")
    with pytest.raises(TaskError) as caught:
        Catalogue([tmp_path])
    assert problem in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_stands_once_in_a_folder(tmp_path: Path) -> None:
    for file in ("a.yaml", "b.yaml"):
        (tmp_path / file).write_text("task: same\n")
    with pytest.raises(TaskError, match=r"b\.yaml: task: the name 'same' is taken by a\.yaml"):
        Catalogue([tmp_path])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | st.text(st.sampled_from("task: include[]{}!&*-\n\"'|>"), max_size=60).map(str.encode))
def test_no_file_raises_anything_but_a_task_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.yaml").write_bytes(content)
    try:
        config, sources = read_yaml(tmp_path / "t.yaml")
    except TaskError:
        return
    assert isinstance(config, dict)
    assert sources[0] == (tmp_path / "t.yaml").resolve()


MADE = "open({made!r}, 'w').close()\n"
FUNCTIONS = {
    "code beside it": "doc_to_text: !function code.run\n",
    "code beside it with our name": "doc_to_text: !function jaeval.data.mgsm.load\n",
    "code in an include": "include: other.inc\n",
    "an installed function": "doc_to_text: !function os.system\n",
    "what our modules import": "doc_to_text: !function jaeval.data.store.hashlib\n",
    "our own, but not for tasks": "doc_to_text: !function jaeval.engines.load.load_engine\n",
    "in a list": "filter_list: [{name: f, filter: [{function: custom, filter_fn: !function code.run}]}]\n",
    "a class": "class: !function code.Task\n",
    "a class by name": "class: Task\n",
    "unsafe code": "unsafe_code: true\n",
    "a metric of the hub": "metric_list: [{metric: exact_match, hf_evaluate: true}]\n",
    "a metric in a file": "metric_list: [{metric: METRIC_FILE}]\n",
    "a template that reaches for Python": (
        "doc_to_text: \"{{ cycler.__init__.__globals__.os.system('touch MADE') }}\"\n"
    ),
    "a template that reaches through the document": (
        'doc_to_text: "{{ question.__class__.__mro__[1].__subclasses__() }}"\n'
    ),
}


class TestUntrusted:
    @pytest.mark.parametrize("more", FUNCTIONS.values(), ids=FUNCTIONS)
    def test_its_code_is_refused(self, more: str, write: Write, tmp_path: Path) -> None:
        made = tmp_path / "made"
        code = MADE.format(made=str(made)) + "def run(*_, **__): return 'x'\nclass Task: pass\n"
        folder = write(name="plain")
        (folder / "jaeval" / "data").mkdir(parents=True)
        (folder / "jaeval" / "data" / "mgsm.py").write_text(code)
        (folder / "code.py").write_text(code)
        (folder / "metric.py").write_text(code)
        (folder / "other.inc").write_text("process_results: !function code.run\n")
        beside = "jaeval.data.mgsm" in more
        if not beside:
            (folder / "jaeval" / "data" / "mgsm.py").unlink()
        write(more.replace("METRIC_FILE", str(folder / "metric.py")).replace("MADE", str(made)))
        card = Catalogue([folder])["strange"]
        with pytest.raises(TaskError) as caught:
            open_task(card)
        assert str(folder / "strange.yaml") in str(caught.value)
        assert "\n" not in str(caught.value)
        assert not made.exists()

    def test_the_refusal_says_what_to_read_and_how_to_trust(self, write: Write) -> None:
        folder = write("doc_to_text: !function code.run\n", code__py="def run(doc): return doc['question'] + '!'\n")
        with pytest.raises(TaskError, match=r"!function code\.run: .*Read .*code\.py, then pass --trust-task-code"):
            open_task(Catalogue([folder])["strange"])
        task = open_task(Catalogue([folder], trust_code=True)["strange"])
        assert task.doc_to_text(task.eval_docs[0]) == "1+2は？!"

    def test_what_jaeval_provides_for_tasks_may_be_named(self, write: Write) -> None:
        folder = write("process_results: !function jaeval.metrics.jfinqa.process_results\n")
        assert open_task(Catalogue([folder])["strange"]).config.process_results.__module__ == "jaeval.metrics.jfinqa"

    def test_plain_yaml_needs_no_trust(self, write: Write) -> None:
        task = open_task(Catalogue([write()])["strange"])
        assert task.doc_to_text(task.eval_docs[0]) == "1+2は？"
        assert task.get_config("num_fewshot") == 0

    def test_trusted_code_that_does_not_exist_is_told(self, write: Write) -> None:
        for more in ("doc_to_text: !function code.nothing\n", "doc_to_text: !function no_such_module.run\n"):
            folder = write(more, code__py="")
            with pytest.raises(TaskError, match=r"!function .*: cannot be imported"):
                open_task(Catalogue([folder], trust_code=True)["strange"])


class TestOpening:
    @pytest.mark.parametrize(
        ("more", "problem"),
        [
            ('doc_to_text: "{{ nothing }}"\n', "lm-eval refuses it (UndefinedError"),
            ('doc_to_text: "{{ question"\n', "lm-eval refuses it (TemplateSyntaxError"),
            ("test_split: nonsense\n", "lm-eval refuses it"),
            ("dataset_path: csv\n", "lm-eval refuses it"),
        ],
    )
    def test_what_lm_eval_refuses_is_told_in_one_line(self, more: str, problem: str, write: Write) -> None:
        with pytest.raises(TaskError) as caught:
            open_task(Catalogue([write(more)])["strange"])
        assert problem in str(caught.value)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("more", "asked", "shots"),
        [
            ("", None, 0),
            ("", 2, 2),
            ("num_fewshot: 3\n", None, 3),
            ("num_fewshot: 3\n", 1, 1),
            ("num_fewshot: 0\n", 2, 0),
        ],
    )
    def test_few_shots_are_counted_as_lm_eval_counts_them(
        self, more: str, asked: int | None, shots: int, write: Write
    ) -> None:
        assert open_task(Catalogue([write(more)])["strange"], num_fewshot=asked).get_config("num_fewshot") == shots

    def test_another_split_may_be_asked_for(self, write: Write) -> None:
        card = Catalogue([write("metadata: {split: test}\n")])["strange"]
        assert open_task(card, split="train").config.test_split == "train"
        with pytest.raises(TaskError, match="strange: --split: no split 'nonsense'"):
            open_task(card, split="nonsense")


def test_reading_the_catalogue_imports_nothing_heavy_and_runs_nothing(write: Write, tmp_path: Path) -> None:
    made = tmp_path / "made"
    folder = write("doc_to_text: !function code.run\n", code__py=MADE.format(made=str(made)))
    code = f"""
import sys
from jaeval.catalogue import Catalogue
catalogue = Catalogue([{str(folder)!r}], trust_code=True)
for card in catalogue.cards.values():
    card.header, card.output_type, card.split, card.chance, card.task_hash
heavy = ("lm_eval", "torch", "transformers", "vllm", "datasets", "pandas", "fugashi", "numpy")
print(len(catalogue.cards), [name for name in heavy if name in sys.modules])
"""
    out: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    count, loaded = out.strip().split(" ", 1)
    assert int(count) > 1
    assert loaded == "[]"
    assert not made.exists()


def test_functions_stay_names(write: Write) -> None:
    folder = write("doc_to_text: !function code.run\n")
    card = Catalogue([folder])["strange"]
    assert card.config["doc_to_text"] == FunctionReference("code.run", folder.resolve())
