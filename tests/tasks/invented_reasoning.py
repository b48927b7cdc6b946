"""Invented files of the reasoning data sets: a few items of each schema, made up for these tests."""

from __future__ import annotations

import json
from typing import Any

from jaeval.data import jmmlu

JGLUE = "datasets"


def _lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _commonsense(number: int, question: str, choices: list[str], label: int) -> dict[str, Any]:
    return {"q_id": number, "question": question, **{f"choice{i}": c for i, c in enumerate(choices)}, "label": label}


def _pair(number: int, premise: str, hypothesis: str, label: str) -> dict[str, Any]:
    names = ("sentence_pair_id", "yjcaptions_id", "sentence1", "sentence2", "label")
    return dict(zip(names, (str(number), f"0-{number}", premise, hypothesis, label), strict=True))


def _article(title: str, paragraph: str, *questions: tuple[str, str, list[str]]) -> dict[str, Any]:
    qas = [
        {
            "id": number,
            "question": question,
            "answers": [{"text": text, "answer_start": paragraph.find(text)} for text in answers],
            "is_impossible": False,
        }
        for number, question, answers in questions
    ]
    return {"title": title, "paragraphs": [{"qas": qas, "context": f"{title} [SEP] {paragraph}"}]}


def _articles(*articles: dict[str, Any]) -> str:
    return json.dumps({"data": articles}, ensure_ascii=False)


def _niilc(*questions: tuple[str, list[str]]) -> str:
    entries = "".join(
        f'<question id="INVENTED-{i:05}-01"><text>{text}</text><answers>'
        + "".join(f"<answer>{answer}</answer>" for answer in answers)
        + "</answers><meta><B1>は</B1></meta></question>\n"
        for i, (text, answers) in enumerate(questions)
    )
    return f"<?xml version='1.0' encoding=\"UTF-8\"?>\n<questions>\n{entries}</questions>\n"


def _jmmlu(subject: str) -> str:
    """Four questions as JMMLU writes them: a byte order mark, no header, quotes where a field needs them."""
    rows = [f"{subject} {i}？,あ{i},い,う,え,{'ABCD'[i % 4]}\n" for i in range(3)]
    return "\ufeff" + "".join(rows) + f'"{subject}、\n続き""3""？","あ,い",う,え,お,D\n'


_MANY = ("北", "南", "東", "西", "上", "下", "右", "左")

FILES: dict[tuple[str, str], str | bytes] = {
    ("jcommonsenseqa", f"{JGLUE}/jcommonsenseqa-v1.3/train-v1.3.json"): _lines(
        *(
            _commonsense(i, f"{i}番目に来る文字は？", [chr(ord("あ") + i + j) for j in range(5)], i % 5)
            for i in range(8)
        )
    ),
    ("jcommonsenseqa", f"{JGLUE}/jcommonsenseqa-v1.3/valid-v1.3.json"): _lines(
        _commonsense(900, "雨の日に差すものは？", ["帽子", "傘", "靴", "手袋", "眼鏡"], 1)
    ),
    ("jnli_train", f"{JGLUE}/jnli-v1.3/train-v1.3.json"): _lines(
        *(
            _pair(
                i, f"{way}に犬がいます。", f"{way}に動物がいます。", ("entailment", "contradiction", "neutral")[i % 3]
            )
            for i, way in enumerate(_MANY)
        )
    ),
    ("jnli", f"{JGLUE}/jnli-v1.3/valid-v1.3.json"): _lines(
        _pair(0, "猫が箱の上で寝ています。", "箱の上に猫がいます。", "entailment"),
        _pair(1, "<白い>皿に魚が{二匹}あります。", '"皿"は空です。', "contradiction"),
    ),
    ("jsquad_train", f"{JGLUE}/jsquad-v1.3/train-v1.3.json"): _articles(
        *(
            _article(f"{way}山", f"{way}山は架空の山。", (f"t{i}q0", "何の山か。", ["架空の山", "架空"]))
            for i, way in enumerate(_MANY)
        )
    ),
    ("jsquad", f"{JGLUE}/jsquad-v1.3/valid-v1.3.json"): _articles(
        _article(
            "青い川",
            " 青い川[SEP]は、全長 1,234kmの架空の川。",
            ("v0q0", "全長は？", ["1,234km", "全長 1,234km"]),
            ("v0q1", "何の川か。", ["架空の川"]),
        )
    ),
    ("jemhopqa", "corpus/train.json"): json.dumps(
        [
            {"qid": f"t{i}", "type": "comparison", "question": f"{way}町と中町、広いのは？", "answer": f"{way}町"}
            for i, way in enumerate(_MANY)
        ],
        ensure_ascii=False,
    ),
    ("jemhopqa", "corpus/dev.json"): json.dumps(
        [
            {"qid": "d0", "type": "comparison", "question": "北町は南町より広いですか？", "answer": "YES"},
            {"qid": "d1", "type": "compositional", "question": "『{空}』の作者の出身地は？", "answer": "架空県"},
        ],
        ensure_ascii=False,
    ),
    ("niilc", "data/NIILC-ECQA2015_dev.xml"): _niilc(
        *(
            (f"{way}の隣は？", ["中央", f"{way}西", ""] if i % 2 else [f" {way}東\u3000"])
            for i, way in enumerate(_MANY)
        ),
        ("答えのない問いは？", ["-"]),
    ),
    ("niilc", "data/NIILC-ECQA2015_test.xml"): _niilc(
        ("三原色は？\u3000", ["赤", "青 ", "黄"]), ("A &amp; Bの社長は？", ["甲野乙"]), ("誰も知らないことは？", ["-"])
    ),
    (
        "janli",
        "janli.tsv",
    ): "\tsentence_A_Ja\tsentence_B_Ja\tentailment_label_Ja\theuristics\tnumber_of_NPs\tsemtag\tsplit\n"
    + "".join(
        f"{i}\t{way}の人が犬を見た\t犬を{way}の人が見た\t{'non-' * (i % 2)}entailment\toverlap\t2\tscrambling\t{part}\n"
        for i, (way, part) in enumerate(zip(_MANY, ["train"] * 6 + ["test"] * 2, strict=True))
    ),
    **{
        (
            "jamp",
            f"dataset/{file}.tsv",
        ): "num\tpremise\thypothesis\tgold_label\ttemplate_num\ttime_format\ttime_span\tcategory\n"
        + "".join(
            f"{i}\t{way}の人は{i}月から旅をしている。\t{way}の人は旅をしている。\t{label}\t{i}\tNone\tNone\t以来\n"
            for i, (way, label) in enumerate(zip(ways, ("entailment", "contradiction", "neutral") * 3, strict=False), 1)
        )
        for file, ways in (("train_all", _MANY), ("test_2", _MANY[:2]))
    },
    **{("jmmlu", f"JMMLU/{subject}.csv"): _jmmlu(subject) for subject in jmmlu.SUBJECTS},
    **{
        ("jmmlu_nc_nd", f"JMMLU_NC_ND/{subject}.csv"): f"{subject}？,あ,い,う,え,C\n"
        for subject in jmmlu.FURTHER_SUBJECTS
    },
}
