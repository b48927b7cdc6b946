"""Bad input: exit code 2, one line on standard error that names the culprit, nothing on standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Command, Finished

SCRIPTED = ("--engine", "scripted_engines:make")


def refused(found: Finished, *parts: str) -> str:
    """The one line of a refusal; progress may stand before it."""
    assert (found.code, found.out) == (2, "")
    assert "Traceback" not in found.err
    line = found.err.splitlines()[-1]
    assert found.err.count("jaeval: ") == 1
    assert line.startswith("jaeval: ")
    for part in parts:
        assert part in line
    return line


def checkpoint(folder: Path, **files: str) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"], "model_type": "llama"}))
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return folder


def test_no_checkpoint(command: Command) -> None:
    refused(command("run", "nowhere"), "nowhere", "no such checkpoint folder")


def test_weights_that_may_hold_code(command: Command) -> None:
    checkpoint(Path("model"), pytorch_model__bin="")
    refused(command("run", "model"), "model: no safetensors weights", "pytorch_model.bin", "save_pretrained")


def test_no_configuration(command: Command) -> None:
    Path("model").mkdir()
    refused(command("run", "model"), "no config.json")


def test_no_tokenizer(command: Command) -> None:
    pytest.importorskip("torch", reason="the transformers engine needs torch")
    pytest.importorskip("transformers", reason="the transformers engine needs transformers")
    checkpoint(Path("model"), model__safetensors="")
    refused(command("run", "model", "--engine", "transformers"), "no tokenizer", "tokenizer.json")


def test_an_unknown_task_with_a_suggestion(command: Command) -> None:
    refused(
        command("run", "x", *SCRIPTED, "-t", "mgsm_ja_sakena"),
        "--tasks",
        "'mgsm_ja_sakena'",
        "Did you mean mgsm_ja_sakana",
    )
    refused(command("tasks", "mgsm_ja_sakena"), "Did you mean mgsm_ja_sakana")
    refused(command("score", "mgsm_ja_sakena", "x.jsonl"), "Did you mean mgsm_ja_sakana")


@pytest.mark.parametrize("tasks", ["", ",", " , "])
def test_tasks_that_name_nothing_do_not_mean_all(command: Command, tasks: str) -> None:
    refused(command("run", "x", *SCRIPTED, "-t", tasks), "--tasks", "names nothing")


def test_an_unknown_suite(command: Command) -> None:
    refused(command("run", "x", *SCRIPTED, "--suite", "all"), "--suite", "no suite 'all'", "procedural")
    refused(command("run", "x", *SCRIPTED, "--suite", "procedural", "-t", "mgsm_ja_sakana"), "not both")


def test_an_unknown_engine(command: Command) -> None:
    checkpoint(Path("model"), model__safetensors="")
    refused(command("run", "model", "--engine", "llama.cpp"), "--engine", "'llama.cpp'", "vllm, transformers")


@pytest.mark.parametrize(
    ("engine", "reason"),
    [
        ("no_such_package:make", "PYTHONPATH"),
        ("scripted_engines:no_such_factory", "no_such_factory"),
        ("scripted_engines:", "cannot be imported"),
        (":make", "cannot be imported"),
        ("..scripted_engines:make", "cannot be imported"),
        ("scripted_engines:wrong_type", "gave a str, not an engine"),
    ],
)
def test_an_engine_of_ones_own_that_is_none(command: Command, engine: str, reason: str) -> None:
    refused(command("run", "x", "--engine", engine), f"--engine {engine}", reason)


@pytest.mark.parametrize("pair", ["dtype", "=1", "name=[1"])
def test_an_engine_argument_that_is_no_pair(command: Command, pair: str) -> None:
    refused(command("run", "x", *SCRIPTED, "--engine-arg", pair), f"--engine-arg {pair}")


def test_an_unknown_engine_argument(command: Command) -> None:
    refused(command("run", "x", *SCRIPTED, "--engine-arg", "speed=2"), "refused its arguments", "'speed'")
    checkpoint(Path("model"), model__safetensors="")
    found = command("run", "model", "--engine", "transformers", "--engine-arg", "speed=2")
    refused(found, "--engine-arg speed", "batch_size, device, dtype, max_length")


def test_an_engine_argument_twice(command: Command) -> None:
    pairs = ("--engine-arg", "name=a", "--engine-arg", "name=b")
    refused(command("run", "x", *SCRIPTED, *pairs), "--engine-arg name", "stands twice")


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_below_one(command: Command, limit: int) -> None:
    refused(command("run", "x", *SCRIPTED, "--limit", limit), "--limit", f"at least 1, not {limit}")


def test_resume_without_a_folder(command: Command) -> None:
    refused(command("run", "x", *SCRIPTED, "--resume"), "--resume", "--out FOLDER --resume")


def test_an_out_folder_that_holds_other_files(command: Command) -> None:
    Path("photos").mkdir()
    Path("photos/花見.jpg").touch()
    refused(command("run", "x", *SCRIPTED, "--out", "photos"), "photos", "--out", "花見.jpg")
    assert [file.name for file in Path("photos").iterdir()] == ["花見.jpg"]


def test_an_out_folder_that_holds_half_a_run(command: Command) -> None:
    """Results whose manifest is gone are somebody's work too."""
    Path("old").mkdir()
    Path("old/results.json").write_text("{}")
    refused(command("run", "x", *SCRIPTED, "--out", "old"), "holds other files (results.json)")


def test_an_out_folder_that_holds_a_run(command: Command) -> None:
    assert command("run", "x", *SCRIPTED, "-t", "procedural_math", "-n", 1, "--out", "done").code == 0
    before = Path("done/results.json").read_bytes()
    refused(command("run", "x", *SCRIPTED, "-n", 1, "--out", "done"), "holds a run already", "--resume")
    found = command("run", "x", *SCRIPTED, "-t", "procedural_math", "-n", 2, "--out", "done", "--resume")
    refused(found, "differs in limit (1, now 2)")
    assert Path("done/results.json").read_bytes() == before


def test_an_out_that_is_a_file_or_cannot_be_made(command: Command) -> None:
    Path("file").touch()
    refused(command("run", "x", *SCRIPTED, "--out", "file"), "file: --out")
    refused(command("run", "x", *SCRIPTED, "--out", "file/below"), "file/below: --out")


def test_a_read_only_out_folder(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # what a folder gives that root itself may not write

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        refused(command("run", "x", *SCRIPTED, "--out", "there"), "there: --out: cannot be made (Permission denied)")


def test_a_folder_that_is_no_run(command: Command) -> None:
    Path("photos").mkdir()
    for name in ("show", "export"):
        arguments = ("export", "lm-eval") if name == "export" else (name,)
        refused(command(*arguments, "photos"), "photos: is not a run", "manifest.json")
        refused(command(*arguments, "nowhere"), "nowhere: no such run folder")


def test_a_task_or_item_that_a_run_lacks(command: Command) -> None:
    assert command("run", "x", *SCRIPTED, "-t", "procedural_math", "-n", 1, "--out", "done").code == 0
    refused(command("show", "done", "--task", "mgsm"), "no task 'mgsm'", "procedural_math")
    refused(command("show", "done", "--item", "77"), "no item '77'")


def test_a_split_that_the_data_lack(command: Command) -> None:
    found = command("run", "x", *SCRIPTED, "-t", "procedural_math", "-n", 1, "--split", "nonsense", "--out", "new")
    refused(found, "procedural_math", "--split", "'nonsense'")
    assert not Path("new").exists(), "a run that never began leaves no folder"


def test_an_item_that_a_task_lacks(command: Command) -> None:
    refused(command("tasks", "procedural_math", "--item", 100_000), "--item 100000", "items")


def test_a_tasks_folder_that_is_missing_or_broken(command: Command) -> None:
    refused(command("tasks", "--tasks-dir", "nowhere"), "nowhere: --tasks-dir")
    Path("mine").mkdir()
    Path("mine/a.yaml").write_text("task: [")
    refused(command("tasks", "--tasks-dir", "mine"), "a.yaml")


def test_a_strangers_header_of_the_wrong_kind(command: Command) -> None:
    Path("mine").mkdir()
    Path("mine/mine.yaml").write_text(
        "task: mine\ncustom_dataset: !function jaeval.procedural.dataset.load\n"
        "dataset_kwargs: {procedural_domain: math, items: 3, seed: 1}\ntest_split: report\n"
        "output_type: generate_until\ndoc_to_text: '{{question}}'\ndoc_to_target: '{{answer}}'\n"
        "metadata: {version: 1, chance: high, size: many, source: [a], split: report}\n"
    )
    listed = command("tasks", "--tasks-dir", "mine")
    assert listed.code == 0
    assert "mine" in listed.out
    found = command("run", "x", *SCRIPTED, "-t", "mine", "--tasks-dir", "mine")
    refused(found, "mine.yaml: metadata.chance")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 1: is not JSON"),
        ("[" * 100_000, "line 1: is not JSON"),
        ("[]", "line 1"),
        ('{"id": "a"}', "line 1, response"),
        ('{"id": "no/such/item", "response": "8"}', "belongs to no item of procedural_math"),
        ('{"id": 0, "response": "8"}\n{"id": "0", "response": "9"}', "stands twice"),
        ("\n \n", "holds no responses"),
        ("\udcff", "line 1: is not JSON"),
    ],
)
def test_responses_that_are_malformed(command: Command, line: str, reason: str) -> None:
    Path("answers.jsonl").write_bytes(line.encode("utf-8", "surrogateescape"))
    refused(command("score", "procedural_math", "answers.jsonl"), "answers.jsonl", reason)
    assert not Path("runs").exists() or not list(Path("runs").iterdir())


def test_responses_that_are_missing_or_of_no_use(command: Command) -> None:
    refused(command("score", "procedural_math", "answers.jsonl"), "answers.jsonl: cannot be read")
    Path("answers.jsonl").write_text('{"id": "0", "response": "A"}')
    refused(command("score", "procedural_reasoning_mc", "answers.jsonl"), "log-likelihoods")


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "x", "--num-fewshot", "-1"),
        ("run", "x", "--seed", "one"),
        ("run", "x", "--no-such-option"),
        ("show", "x", "-n", "0"),
        ("score", "procedural_math"),
        ("data", "pull"),
    ],
    ids=" ".join,
)
def test_a_command_line_that_does_not_parse(command: Command, arguments: tuple[str, ...]) -> None:
    found = command(*arguments)
    assert (found.code, found.out) == (2, "")
    assert "Traceback" not in found.err
    assert "Error: " in found.err.splitlines()[-1]
