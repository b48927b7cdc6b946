"""japanese-lm-fin-harness's layout, in invented files."""

from __future__ import annotations

from pathlib import Path

import pytest
from foreign_files import by_key, read_one, write_json, write_pfnet_result, write_pfnet_script

from jaeval.results.imports import ResultFileError, read_submissions


def test_one_file_is_one_version_of_the_prompt(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "ORG" / "NAME"
    write_pfnet_result(folder, "1.0-0.1.2", 0.25)
    write_pfnet_result(folder, "default", 0.5)
    older, default = read_submissions(tmp_path / "models")
    assert [one.model for one in (older, default)] == ["ORG/NAME", "ORG/NAME"]
    assert [one.format for one in (older, default)] == ["pfnet", "pfnet"]
    assert [one.settings["prompt"] for one in (older, default)] == ["1.0-0.1.2", "default"]
    assert "fp2-1.0-0.1.2" in older.settings["harness_script"]
    score = by_key(older)["cma_basics-1.0-0.1.2", "acc", "none"]
    assert (score.benchmark, score.prompt, score.version, score.num_fewshot) == ("cma_basics", "0.1.2", "1.0", 0)
    assert (by_key(default)["fp2", "acc", "none"].benchmark, by_key(default)["fp2", "acc", "none"].prompt) == (
        "fp2",
        "",
    )


def test_the_primary_score_is_f1_of_chabsa_and_acc_of_the_rest(tmp_path: Path) -> None:
    found = read_one(write_pfnet_result(tmp_path / "models" / "ORG" / "NAME", "1.0-0.3", 0.25))
    primary = {score.benchmark: (score.metric, score.value) for score in found.scores if score.primary}
    assert primary == {
        "chabsa": ("f1", 0.5),
        **dict.fromkeys(("cma_basics", "cpa_audit", "fp2", "security_sales_1"), ("acc", 0.25)),
    }


def test_a_script_without_its_result_is_a_submission_without_scores(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "ORG" / "NAME"
    write_pfnet_result(folder, "1.0-0.1")
    script = write_pfnet_script(folder, "1.0-0.6")
    missing, _ = read_submissions(tmp_path)
    assert (missing.model, missing.scores, missing.source) == ("ORG/NAME", (), script)
    assert missing.settings == {"prompt": "1.0-0.6", "file": "result-1.0-0.6.json", "missing": True}
    assert missing.notes == ("result-1.0-0.6.json is missing",)


def test_other_scripts_are_nobodys_business(tmp_path: Path) -> None:
    write_pfnet_result(tmp_path / "models" / "ORG" / "NAME", "1.0-0.1")
    (tmp_path / "harness-other.sh").write_text('TASK="hellaswag"\n')
    (tmp_path / "run.sh").write_text("TASK=fp2\n")
    assert len(read_submissions(tmp_path)) == 1


def test_the_same_content_elsewhere_is_lm_evals(tmp_path: Path) -> None:
    """The name alone decides nothing, nor does the content without the layout."""
    file = write_pfnet_result(tmp_path / "models" / "ORG" / "NAME", "1.0-0.1")
    moved = file.rename(tmp_path / "results.json")
    found = read_one(moved)
    assert (found.format, found.model) == ("lm-eval", "invented/model")
    other = {"results": {"hellaswag": {"acc,none": 0.5}}, "configs": {}, "config": {"model_args": "pretrained=a/b"}}
    assert read_one(write_json(tmp_path / "elsewhere" / "result-x.json", other)).format == "lm-eval"


def test_outside_a_models_folder_the_arguments_name_the_model(tmp_path: Path) -> None:
    assert read_one(write_pfnet_result(tmp_path / "x", "default")).model == "invented/model"


def test_a_script_too_long_to_be_one(tmp_path: Path) -> None:
    file = write_pfnet_result(tmp_path / "models" / "ORG" / "NAME", "default")
    file.with_name("harness-default.sh").write_text("#" * 30_000)
    with pytest.raises(ResultFileError, match=r"harness-default\.sh: has 20,001 characters"):
        read_submissions(file)
