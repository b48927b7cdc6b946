"""Exported runs against files that lm-eval itself wrote of the same tasks, answered by the same script."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from invented_run import failed, item, manifest, task_record

import jaeval
from jaeval.engines import ChoiceRequest, ChoiceResponse, GenerationRequest, GenerationResponse, ScriptedEngine
from jaeval.errors import RunError
from jaeval.evaluation.encode import move_spaces
from jaeval.results.exports.lm_eval import export_lm_eval, samples_of
from jaeval.results.run import Run

TASK_FOLDER = Path(__file__).parents[2] / "tasks"
MADE_HERE = ["procedural_math", "procedural_reasoning_mc"]
WITH_DATA = ["mgsm_ja_native_cot", "jcommonsenseqa", "jfinqa_numerical", "fin_fp2"]
LIMIT = 6

UNKNOWN = {
    "git_hash",
    "pretty_env_info",
    "upper_git_hash",
    "chat_template",
    "chat_template_sha",
    "eot_token_id",
    "max_length",
}
"""Top-level keys of lm-eval's results file that a run does not know."""
UNKNOWN_OF_THE_ENGINE = {
    *("batch_size", "batch_sizes", "bootstrap_iters", "device", "gen_kwargs"),
    *("numpy_seed", "random_seed", "torch_seed", "use_cache"),
}
"""Keys of its `config` that a run does not know."""
OURS = {"jaeval_version"}
OF_THE_MOMENT = {"date", "total_evaluation_time_seconds", "model_source"}
"""Keys whose values differ from run to run, or name the harness's own engine."""


def ask(engine: ScriptedEngine, request: Any) -> Any:
    ((_, response),) = engine.respond([request])
    return response


def scripted_lm() -> Any:
    """An lm-eval model that answers as `ScriptedEngine` does."""
    from lm_eval.api.model import LM

    class ScriptedLM(LM):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.engine = ScriptedEngine()

        def loglikelihood(self, requests: list[Any], **_: Any) -> list[tuple[float, bool]]:
            groups: dict[tuple[str, int], list[str]] = {}
            pairs = [(move_spaces(*request.args), request.doc_id) for request in requests]
            for (context, choice), doc in pairs:
                groups.setdefault((context, doc), []).append(choice)
            found = {}
            for (context, doc), choices in groups.items():
                texts = list(dict.fromkeys(choices))
                tokens = self.engine.tokenizer.encode([context, *texts])
                response = ask(self.engine, ChoiceRequest(tuple(tokens[0]), tuple(map(tuple, tokens[1:]))))
                assert isinstance(response, ChoiceResponse)
                for text, value, greedy in zip(texts, response.log_likelihoods, response.greedy, strict=True):
                    found[context, doc, text] = (value, greedy)
            return [found[context, doc, choice] for (context, choice), doc in pairs]

        def loglikelihood_rolling(self, requests: list[Any], **_: Any) -> list[float]:
            raise NotImplementedError

        def generate_until(self, requests: list[Any], **_: Any) -> list[str]:
            texts = []
            for request in requests:
                prompt, settings = request.args
                tokens = tuple(self.engine.tokenizer.encode([prompt])[0])
                most = settings.get("max_gen_toks", 256)
                response = ask(self.engine, GenerationRequest(tokens, most, (*settings["until"], "\0")))
                assert isinstance(response, GenerationResponse)
                texts.append(response.text)
            return texts

    return ScriptedLM()


def write_lm_eval_files(folder: Path, tasks: list[str]) -> None:
    """Have lm-eval evaluate and save, the way its command line does, but for seconds of asking about the machine."""
    from lm_eval import evaluator
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    tracker = EvaluationTracker(output_path=str(folder))
    with pytest.MonkeyPatch.context() as patch:
        asked = SimpleNamespace(get_pretty_env_info=lambda: "a machine")
        patch.setitem(sys.modules, "torch.utils.collect_env", asked)
        results = evaluator.simple_evaluate(
            model=scripted_lm(),
            model_args={"pretrained": "invented"},
            tasks=tasks,
            task_manager=TaskManager(include_path=str(TASK_FOLDER), include_defaults=False),
            limit=LIMIT,
            evaluation_tracker=tracker,
        )
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for task in tasks:
        tracker.save_results_samples(task_name=task, samples=samples[task])


def read_folder(folder: Path) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    (results,) = folder.rglob("results_*.json")
    samples = {
        re.sub(r"^samples_|_20\d\d-.*", "", file.name): [json.loads(line) for line in file.open(encoding="utf-8")]
        for file in folder.rglob("samples_*.jsonl")
    }
    return json.loads(results.read_text(encoding="utf-8")), samples


def without_origins(configs: dict[str, Any]) -> dict[str, Any]:
    """Task settings without the place of the YAML file on this machine, which a run does not keep."""
    return {
        name: config | {"metadata": {key: v for key, v in config["metadata"].items() if key != "config_source"}}
        for name, config in configs.items()
    }


def compare(folder: Path, tasks: list[str]) -> None:
    write_lm_eval_files(folder / "theirs", tasks)
    run = jaeval.evaluate("invented", tasks, engine=ScriptedEngine(), limit=LIMIT, out=folder / "run", cache=False)
    files = export_lm_eval(run, folder / "ours")
    assert sorted(files) == sorted((folder / "ours").iterdir())

    (theirs, their_samples), (ours, our_samples) = read_folder(folder / "theirs"), read_folder(folder / "ours")
    assert our_samples == their_samples
    assert set(our_samples) == set(tasks)

    assert theirs.keys() - ours.keys() <= UNKNOWN
    assert ours.keys() - theirs.keys() == OURS
    for name in tasks:
        assert ours["results"][name] == pytest.approx(theirs["results"][name])
    config = ours["config"]
    assert theirs["config"].keys() - config.keys() == UNKNOWN_OF_THE_ENGINE
    assert config["model_args"] == theirs["config"]["model_args"]
    for key in ("limit", "fewshot_seed"):
        assert config[key] == theirs["config"][key]
    assert without_origins(ours["configs"]) == without_origins(theirs["configs"])
    for key in (ours.keys() & theirs.keys()) - OF_THE_MOMENT - {"results", "config", "configs"}:
        assert ours[key] == theirs[key], key


def test_as_lm_eval_writes_them_on_generated_items(tmp_path: Path) -> None:
    compare(tmp_path, MADE_HERE)


@pytest.mark.usefixtures("data_mirror")
def test_as_lm_eval_writes_them_on_published_benchmarks(tmp_path: Path) -> None:
    compare(tmp_path, WITH_DATA)


def exported(folder: Path, rows: list[Any], **changes: Any) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    (folder / "run").mkdir()
    export_lm_eval(Run.write(folder / "run", manifest(**changes), rows), folder / "ours")
    return read_folder(folder / "ours")


def test_failed_items_have_no_sample_and_are_not_zero(tmp_path: Path) -> None:
    results, samples = exported(tmp_path, [item(doc_id=0), failed(doc_id=1)])
    assert [sample["doc_id"] for sample in samples["sums"]] == [0]
    assert results["results"]["sums"]["acc,none"] == 1.0
    assert results["results"]["sums"]["acc_stderr,none"] == "N/A"
    assert results["results"]["sums"]["sample_len"] == 1


def test_a_task_that_failed_throughout_has_no_score(tmp_path: Path) -> None:
    results, samples = exported(tmp_path, [failed()])
    assert results["results"]["sums"] == {"name": "sums", "alias": "sums", "sample_len": 0}
    assert samples == {"sums": []}


def test_answers_that_were_sampled_several_times_stay_together(tmp_path: Path) -> None:
    row = item(responses=[["8", "9"]], extracted={"none": ["8", "9"]})
    _, samples = exported(tmp_path, [row])
    assert (samples["sums"][0]["resps"], samples["sums"][0]["filtered_resps"]) == ([["8", "9"]], [["8", "9"]])


def test_odd_texts_are_written_and_read_back(tmp_path: Path) -> None:
    text = "日本語 \ud83d 👍 \u2028"
    _, samples = exported(tmp_path, [item(responses=[[text]], target=text, prompts=[text])])
    assert samples["sums"][0]["target"] == text
    assert samples["sums"][0]["resps"] == [[text]]


def test_a_task_name_with_a_slash_makes_no_folder(tmp_path: Path) -> None:
    _, samples = exported(tmp_path, [item("a/b")], tasks={"a/b": task_record()})
    assert list(samples) == ["a_b"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    run = Run.write(tmp_path / "run", manifest(), [item()])
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be made"):
        export_lm_eval(run, tmp_path / "file")
    assert len(list(samples_of(run, "sums"))) == 1
