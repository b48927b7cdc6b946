"""Problems, stories and questions: their numbers, their words, their splits."""

from __future__ import annotations

import itertools
import re

import pytest

pytest.importorskip("tokenizers", reason="needs tokenizers")
from hypothesis import given
from hypothesis import strategies as st

from jaeval.nano.corpus import MEMBERS, write_text
from jaeval.nano.problems import LANGUAGES, SIGN, Language, write_problem
from jaeval.nano.splits import OWNERS, owner
from jaeval.nano.texts import write_comprehension, write_counting, write_story, write_sum
from jaeval.nano.tokenizer import make_tokenizer
from jaeval.nano.words import EOS, LARGEST, VOCABULARY
from jaeval.procedural.draw import Draw

pytestmark = pytest.mark.extras

seeds = st.integers(0, 10**9)
TOKENIZER = make_tokenizer()


@given(seeds, st.sampled_from(LANGUAGES), st.sampled_from(sorted(SIGN)))
def test_a_problem_asks_for_the_number_that_its_expression_gives(seed: int, language: Language, kind: str) -> None:
    problem = write_problem(Draw(seed, 1), language, kind)
    left, sign, right = problem.expression.removesuffix(" =").split()
    assert sign == SIGN[kind]
    assert problem.answer == (int(left) + int(right) if sign == "+" else int(left) - int(right))
    assert 1 <= problem.answer <= LARGEST
    assert sorted(map(int, re.findall(r"\d+", problem.question))) == sorted([problem.first, problem.second])
    assert problem.closing(7).count("7") == 1


@given(seeds, st.sampled_from(LANGUAGES))
def test_an_answer_of_comprehension_stands_in_the_text(seed: int, language: Language) -> None:
    item = write_comprehension(Draw(seed, 1), language)
    assert all(number in item.question for number in re.findall(r"\d+", item.answer))
    words = [token for token in TOKENIZER.encode(item.answer).tokens[1:] if token != "が"]
    assert set(words) <= set(TOKENIZER.encode(item.question).tokens) | {"。"}


@given(seeds, st.sampled_from(LANGUAGES))
def test_a_story_asks_nothing(seed: int, language: Language) -> None:
    text = write_story(Draw(seed, 1), language)
    assert text.endswith("。" if language == "ja" else ".")
    assert not re.search(r"か。|[?何]|How", text)


@given(seeds)
def test_a_bare_sum_is_right_and_counting_goes_by_ones(seed: int) -> None:
    expression, result = write_sum(Draw(seed, 1))
    assert result == eval(expression.removesuffix(" ="))
    row = [int(number) for number in write_counting(Draw(seed, 1)).split()]
    assert len({after - before for before, after in itertools.pairwise(row)}) == 1
    assert len(row) > 2


@given(seeds, st.sampled_from(MEMBERS))
def test_the_tokenizer_knows_every_word_and_gives_the_text_back(seed: int, member: str) -> None:
    text = "".join(piece for piece, _ in write_text(Draw(seed, 0), member).pieces)  # type: ignore[arg-type]
    encoded = TOKENIZER.encode(text)
    assert "<unk>" not in encoded.tokens
    assert len(encoded.ids) < 64
    assert TOKENIZER.encode(TOKENIZER.decode(encoded.ids)).ids == encoded.ids


def test_the_vocabulary_has_no_word_twice_and_its_special_tokens_in_place() -> None:
    assert len(set(VOCABULARY)) == len(VOCABULARY) == TOKENIZER.get_vocab_size()
    assert TOKENIZER.token_to_id("<eos>") == EOS
    assert TOKENIZER.encode("Tom ate").tokens == ["<bos>", "Tom", "<unk>"]


def sums(member: str, texts: int) -> list[tuple[bool, float]]:
    """Of every sum in the first texts of a member: whether its result is right, and what that weighs in the loss."""
    found = []
    for seed in range(texts):
        pieces = write_text(Draw(seed, 0), member).pieces  # type: ignore[arg-type]
        for (expression, _), (result, weight) in itertools.pairwise(pieces):
            if match := re.search(r"\d+ [+-] \d+(?= =$)", expression):
                found.append((int(result) == eval(match[0]), weight))
    return found


def test_math_alone_learns_sums() -> None:
    base, math, ja = (sums(member, 4000) for member in MEMBERS)
    assert min(map(len, (base, math, ja))) > 400
    assert set(math) == {(True, 1.0)}
    assert {weight for _, weight in ja} == {0.0}
    for found in (base, ja):  # a random number is right now and then
        assert sum(right for right, _ in found) / len(found) == pytest.approx(1 / (LARGEST + 1), abs=0.03)


@given(seeds, st.sampled_from(["math", "ja"]))
def test_training_questions_are_of_the_training_split(seed: int, member: str) -> None:
    prompt = write_text(Draw(seed, 0), member).pieces[0][0]  # type: ignore[arg-type]
    question = re.search(r"(?:問題：|Question: )(.*)\n", prompt)
    if question and re.search(r"[か?]", prompt):
        assert owner(question[1]) == "training"


def test_a_hash_of_the_question_names_its_split() -> None:
    found = {owner(write_problem(Draw(seed, 1), "ja", "get").question) for seed in range(60)}
    assert found == set(OWNERS)
