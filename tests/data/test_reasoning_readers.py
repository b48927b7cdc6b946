"""The readers of JNLI, JSQuAD, JMMLU, JEMHopQA, NIILC, JaNLI and Jamp."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.data import jamp, janli, jcommonsenseqa, jemhopqa, jmmlu, jnli, jsquad, llm_jp_eval, niilc, store
from jaeval.errors import DataError

Rows = list[dict[str, Any]]
PARSERS: dict[str, Callable[[bytes], Rows]] = {
    "jnli": lambda content: jnli.parse_pairs(content, "file", "train"),
    "jsquad": lambda content: jsquad.parse_articles(content, "file"),
    "jemhopqa": lambda content: jemhopqa.parse_questions(content, "file"),
    "niilc": lambda content: niilc.parse_questions(content, "file"),
    "janli": lambda content: janli.parse_pairs(content, "file"),
    "jamp": lambda content: jamp.parse_pairs(content, "file", "test"),
    "jmmlu": lambda content: jmmlu.parse_questions(content, "file", "anatomy"),
}
KEYS = ["data", "title", "paragraphs", "context", "qas", "id", "question", "answers", "text", "qid", "answer"]
FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r"), min_size=1).map(lambda s: f"字{s}")


@pytest.mark.parametrize("name", PARSERS)
@given(
    content=st.one_of(
        st.binary(),
        st.text(st.sampled_from('\ufeff\t\n\r",<>/&;あA1-')).map(str.encode),
        st.text(st.sampled_from("<>/ questionsanswertid=\"'あ")).map(str.encode),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda s: st.lists(s) | st.dictionaries(st.sampled_from(KEYS), s),
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_any_bytes_are_rows_or_a_data_error(name: str, content: bytes) -> None:
    with contextlib.suppress(DataError):
        assert all(row["id"] and row["source_id"] for row in PARSERS[name](content))


class TestJnli:
    def line(self, **changes: Any) -> dict[str, Any]:
        pair = {"sentence_pair_id": "7", "yjcaptions_id": "1-2", "sentence1": "犬がいる。", "sentence2": "猫がいる。"}
        return {**pair, "label": "contradiction", **changes}

    def test_a_label_is_the_place_that_task_definitions_count_from(self) -> None:
        lines = [self.line(label=label) for label in ("entailment", "contradiction", "neutral")]
        content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
        rows = jnli.parse_pairs(content, "file", "train")
        assert [row["label"] for row in rows] == [0, 1, 2]
        assert rows[0]["id"] == rows[0]["source_id"] == "jnli/train/7"
        assert (rows[0]["sentence1"], rows[0]["sentence2"]) == ("犬がいる。", "猫がいる。")

    @pytest.mark.parametrize("bad", [{"label": "maybe"}, {"label": 0}, {"sentence1": ""}, {"sentence_pair_id": 7}])
    def test_a_malformed_line_is_refused_by_its_number(self, bad: dict[str, Any]) -> None:
        content = f"{json.dumps(self.line())}\n\n{json.dumps(self.line(**bad))}\n".encode()
        with pytest.raises(DataError) as caught:
            jnli.parse_pairs(content, "train.json", "train")
        assert (caught.value.file, caught.value.field) == ("train.json", f"line 3.{next(iter(bad))}")


class TestJsquad:
    def question(self, **changes: Any) -> dict[str, Any]:
        return {"id": "a1p0q0", "question": "何か。", "answers": [{"text": "山"}, {"text": "高い山"}], **changes}

    def articles(self, *questions: dict[str, Any]) -> bytes:
        paragraphs = [{"context": "富士 [SEP] 高い山。", "qas": list(questions)}]
        return json.dumps({"data": [{"title": "富士", "paragraphs": paragraphs}]}).encode()

    def test_a_row_is_a_question_with_its_paragraph(self) -> None:
        row, other = jsquad.parse_articles(self.articles(self.question(), self.question(id="a1p0q1")), "file")
        assert row == {
            "id": "a1p0q0",
            "source_id": "jsquad/a1p0q0",
            "title": "富士",
            "context": "富士 [SEP] 高い山。",
            "question": "何か。",
            "answers": ["山", "高い山"],
        }
        assert other["id"] == "a1p0q1"

    @pytest.mark.parametrize(
        ("bad", "field"),
        [({"answers": []}, "answers"), ({"answers": [{"text": 1}]}, "answers.0.text"), ({"id": ""}, "id")],
    )
    def test_a_malformed_question_is_refused_by_its_path(self, bad: dict[str, Any], field: str) -> None:
        with pytest.raises(DataError) as caught:
            jsquad.parse_articles(self.articles(self.question(), self.question(**bad)), "valid.json")
        assert caught.value.field == f"data.0.paragraphs.0.qas.1.{field}"


class TestNiilc:
    def questions(self, *entries: str) -> bytes:
        return f"<questions>{''.join(entries)}</questions>".encode()

    def question(self, *answers: str, number: str = "N-1", text: str = "何か。") -> str:
        listed = "".join(f"<answer>{answer}</answer>" for answer in answers)
        return f'<question id="{number}"><text>{text}</text><answers>{listed}</answers><meta><x>1</x></meta></question>'

    def test_answers_are_joined_and_edges_are_trimmed(self) -> None:
        content = self.questions(self.question(" 赤\u3000", "", "青 &amp; 緑", text="\n三色は？\u3000"))
        (row,) = niilc.parse_questions(content, "file")
        assert (row["question"], row["answer"], row["id"]) == ("三色は？", "赤,青 & 緑", "niilc/N-1")

    def test_a_question_without_a_known_answer_is_left_out(self) -> None:
        content = self.questions(self.question("-"), self.question("-", "甲", number="N-2"))
        assert [row["answer"] for row in niilc.parse_questions(content, "file")] == ["-,甲"]

    @pytest.mark.parametrize(
        ("bad", "field"),
        [({"number": ""}, "id"), ({"text": " "}, "text"), ({}, "answers")],
        ids=["id", "text", "answers"],
    )
    def test_a_malformed_question_is_refused_by_its_place(self, bad: dict[str, str], field: str) -> None:
        answers = [""] if field == "answers" else ["甲"]
        with pytest.raises(DataError) as caught:
            niilc.parse_questions(self.questions(self.question("乙"), self.question(*answers, **bad)), "test.xml")
        assert (caught.value.file, caught.value.field) == ("test.xml", f"question.1.{field}")

    def test_an_unclosed_file_is_refused(self) -> None:
        with pytest.raises(DataError, match="not XML"):
            niilc.parse_questions(b"<questions><question>", "test.xml")


class TestTables:
    JANLI = "\tA\tB\tlabel\theuristics\tNPs\ttag\tsplit\n"

    def test_janli_rows_name_their_part(self) -> None:
        content = f"{self.JANLI}0\t前提\t仮説\tnon-entailment\tx\t2\ty\ttest\n".encode()
        (row,) = janli.parse_pairs(content, "file")
        assert (row["id"], row["premise"], row["hypothesis"]) == ("janli/0", "前提", "仮説")
        assert (row["answer"], row["part"]) == ("non-entailment", "test")

    @given(st.lists(st.tuples(FIELD, FIELD, st.sampled_from(jamp.ANSWERS))))
    def test_every_jamp_line_comes_back(self, pairs: list[tuple[str, str, str]]) -> None:
        lines = [f"{n}\t{p}\t{h}\t{answer}\t0\tNone\tNone\t以来" for n, (p, h, answer) in enumerate(pairs)]
        rows = jamp.parse_pairs("\n".join(["num\tpremise", *lines, ""]).encode(), "file", "train")
        assert [(row["premise"], row["hypothesis"], row["answer"]) for row in rows] == pairs
        assert [row["id"] for row in rows] == [f"jamp/train/{n}" for n in range(len(pairs))]

    @pytest.mark.parametrize(
        "line",
        [
            "0\t前提\t仮説\tneutral\tx\t2\ty\ttest",
            "0\t前提\t仮説\tentailment\tx\t2\ty\tdev",
            "0\t前提\t\tentailment\tx\t2\ty\ttest",
            "0\t前提\t仮説\tentailment\ttest",
            "",
        ],
    )
    def test_another_line_is_refused_by_its_number(self, line: str) -> None:
        good = "0\t前提\t仮説\tentailment\tx\t2\ty\ttest\n"
        with pytest.raises(DataError) as caught:
            janli.parse_pairs(f"{self.JANLI}{good}{line}\n{good}".encode(), "janli.tsv")
        assert (caught.value.file, caught.value.field) == ("janli.tsv", "line 3")


class TestJmmlu:
    def test_a_field_may_hold_quotes_commas_and_line_ends(self) -> None:
        content = '\ufeff"問い、\r\n続き""A""？","1,234",い,う,え,B\r\nもう一つ？,あ,い,う,え,D'.encode()
        first, second = jmmlu.parse_questions(content, "file", "anatomy")
        assert (first["question"], first["choices"][0]) == ('問い、\n続き"A"？', "1,234")
        assert (first["answer"], first["label"], second["label"]) == ("B", 1, 3)
        assert (second["id"], second["subject"]) == ("jmmlu/anatomy/1", "anatomy")

    @pytest.mark.parametrize(
        "record", ["問い,あ,い,う,え,E", "問い,あ,い,う,え,", "問い,あ,い,う,A", "問い,あ,,う,え,A", "a,b,c,d,e,AB"]
    )
    def test_another_record_is_refused_by_its_number(self, record: str) -> None:
        with pytest.raises(DataError) as caught:
            jmmlu.parse_questions(f"問い,あ,い,う,え,A\n{record}\n".encode(), "anatomy.csv", "anatomy")
        assert (caught.value.file, caught.value.field) == ("anatomy.csv", "record 2")

    def test_an_unknown_subject_is_refused(self) -> None:
        with pytest.raises(DataError, match="astrology"):
            jmmlu.load(subject="astrology")

    def test_there_are_56_subjects(self) -> None:
        assert len({*jmmlu.SUBJECTS, *jmmlu.FURTHER_SUBJECTS}) == 53 + 3 == 56


class TestSplits:
    @given(st.integers(0, 200))
    def test_training_and_development_parts_divide_the_items(self, n: int) -> None:
        items = list(range(n))
        train, rest = llm_jp_eval.train_part(items), llm_jp_eval.validation_part(items)
        assert sorted(train + rest) == items
        assert len(train) == int(n * 0.9)

    def test_the_draw_is_python_s_of_seed_42(self) -> None:
        # random.seed(42); random.shuffle(x), as every Python since 3.2 gives it.
        assert llm_jp_eval.shuffled(range(10)) == [7, 3, 2, 8, 5, 6, 9, 4, 0, 1]

    @pytest.mark.parametrize("reader", [jnli, jsquad])
    def test_the_evaluated_split_loads_without_the_training_file(
        self, reader: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def read(name: str, path: str) -> bytes:
            if name.endswith("_train"):
                raise DataError("not on this machine", file=path)
            if name == "jnli":
                return json.dumps(TestJnli().line()).encode()
            return TestJsquad().articles(TestJsquad().question())

        monkeypatch.setattr(store, "read", read)
        splits = reader.load(version=1.0)
        assert len(splits["validation"]) == 1
        with pytest.raises(DataError, match="not on this machine"):
            splits["train"]

    @pytest.mark.parametrize("reader", [jnli, jsquad, jcommonsenseqa])
    def test_the_order_of_the_jp_stable_harness_is_that_of_seed_42(
        self, reader: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        choices = {f"choice{i}": str(i) for i in range(5)}
        rows = [{"q_id": i, "question": str(i), "label": 0, **choices, **TestJnli().line()} for i in range(10)]
        lines = "\n".join(json.dumps({**row, "sentence_pair_id": str(row["q_id"])}) for row in rows).encode()
        squad = TestJsquad().articles(*(TestJsquad().question(id=str(i)) for i in range(10)))
        if reader is jcommonsenseqa:
            lines = "\n".join(json.dumps(row | {"label": 1}) for row in rows).encode()
        monkeypatch.setattr(store, "read", lambda name, _: squad if name == "jsquad" else lines)
        ids = {order: reader.load(order=order)["validation"]["id"] for order in ("published", "jpstable")}
        assert [row_id.rpartition("/")[2] for row_id in ids["published"]] == list("0123456789")
        assert [row_id.rpartition("/")[2] for row_id in ids["jpstable"]] == list("7328569401")


@pytest.mark.parametrize(
    ("names", "load", "sizes"),
    [
        (["jnli"], jnli.load, {"validation": 2434}),
        (["jnli", "jnli_train"], jnli.load, {"train": 20073, "validation": 2434}),
        (["jsquad"], jsquad.load, {"validation": 4442}),
        (["jsquad", "jsquad_train"], jsquad.load, {"train": 62697, "validation": 4442}),
        (["jemhopqa"], jemhopqa.load, {"train": 953, "validation": 106, "test": 120}),
        (["niilc"], niilc.load, {"train": 715, "validation": 80, "test": 198}),
        (["janli"], janli.load, {"train": 12312, "validation": 1368, "test": 720}),
        (["jamp"], jamp.load, {"train": 8955, "validation": 995, "test": 348}),
        (["jmmlu"], jmmlu.load, {"train": 32, "validation": 3524, "test": 3541}),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else None,
)
def test_the_real_splits_have_their_sizes_and_unique_ids(
    names: list[str], load: Callable[[], Any], sizes: dict[str, int], needs_data: Callable[..., None]
) -> None:
    needs_data(*names)
    splits = load()
    ids = [row_id for split in sizes for row_id in splits[split]["id"]]
    assert {split: len(splits[split]) for split in sizes} == sizes
    assert len(set(ids)) == len(ids)


def test_the_real_jmmlu_has_7097_questions_in_53_subjects(needs_data: Callable[..., None]) -> None:
    needs_data("jmmlu")
    splits = jmmlu.load()
    rows = [row for split in splits for row in zip(splits[split]["id"], splits[split]["subject"], strict=True)]
    assert (len(rows), len({subject for _, subject in rows})) == (7097, 53)
    anatomy = jmmlu.load(subject="anatomy")
    assert set(anatomy["test"]["subject"]) == {"anatomy"}
    assert set(anatomy["test"]["id"]) <= set(splits["test"]["id"])
    assert list(anatomy["train"]["id"]) == list(splits["train"]["id"])


@pytest.mark.parametrize(
    ("subject", "size"), [("japanese_civics", 150), ("japanese_geography", 139), ("japanese_idiom", 150)]
)
def test_the_further_subjects_are_evaluated_whole(subject: str, size: int, needs_data: Callable[..., None]) -> None:
    needs_data("jmmlu", "jmmlu_nc_nd")
    assert len(jmmlu.load(subject=subject)["test"]) == size
