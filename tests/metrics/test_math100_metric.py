"""MATH-100's two rules: math-verify's verdicts as Swallow's evaluation gives them, and jaeval's number reader."""

from __future__ import annotations

import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.errors import TaskError
from jaeval.metrics import math100_ja, math100_swallow
from jaeval.metrics.math100_ja import last_boxed, same_number

# Answer, response, Swallow's verdict (recorded from upstream's metric), jaeval's.
VERDICTS = [
    ("18", "回答: $\\boxed{18}$", 1, 1),
    ("18", "$\\boxed{7}$ ではなく $\\boxed{18}$", 1, 1),
    ("18", "$\\boxed{18}$ ではなく $\\boxed{7}$", 0, 0),
    ("18", "$\\boxed{18}$ 以上より、1から3まで。", 1, 1),
    ("18", "回答: $\\boxed{18\\text{個}}$", 1, 1),
    ("18", "\\boxed{18個}", 0, 1),
    ("18", "\\boxed{１８}", 0, 1),
    ("1800", "\\boxed{千八百}", 0, 1),
    ("1800", "\\boxed{1,800}", 1, 1),
    ("1800", "\\boxed{1{,}800}", 1, 1),
    ("18", "\\boxed{18.0}", 1, 1),
    ("18", "答えは18です。", 0, 1),
    ("18", "答えは十八です。", 0, 1),
    ("18", "The answer is 18.", 1, 1),
    ("18", "18です", 1, 1),
    ("18", "18", 1, 1),
    ("18", "\\boxed{17〜18}", 0, 0),
    ("18", "\\boxed{x=18}", 1, 1),
    ("18", "\\boxed{3\\cdot 6}", 1, 1),
    ("18", "\\boxed{\\sqrt{324}}", 1, 1),
    ("18", "\\boxed{}", 0, 0),
    ("18", "", 0, 0),
    ("18", "わかりません。", 0, 0),
    ("18", "\ud800 \\boxed{18}", 1, 1),
    ("18", "あ" * 5000 + "\\boxed{18}", 1, 1),
    ("-3", "\\boxed{-3}", 1, 1),
    ("-3", "\\boxed{−3}", 1, 1),
    ("-3", "\\boxed{▲3}", 0, 1),
    ("3", "\\boxed{-3}", 0, 0),
    ("50", "\\boxed{50\\%}", 0, 1),
    ("\\frac{1}{2}", "\\boxed{0.5}", 1, 1),
    ("\\frac{1}{2}", "\\boxed{1/2}", 1, 1),
    ("\\frac{1}{2}", "\\boxed{\\tfrac12}", 1, 1),
    ("\\frac{1}{3}", "\\boxed{0.333333}", 1, 1),
    ("\\frac{1}{3}", "\\boxed{0.33}", 0, 0),
    ("\\left( 3, \\frac{\\pi}{2} \\right)", "\\boxed{(3,\\pi/2)}", 1, 1),
    ("p - q", "\\boxed{-q+p}", 1, 1),
    ("p - q", "\\boxed{q-p}", 0, 0),
    ("\\text{Evelyn}", "\\boxed{\\text{Evelyn}}", 1, 1),
    ("11\\sqrt{2}", "\\boxed{11\\sqrt2}", 1, 1),
    ("\\{1,2\\}", "\\boxed{\\{2,1\\}}", 1, 1),
    ("90^\\circ", "\\boxed{90}", 1, 1),
    ("$\\boxed{18}$", "\\boxed{18}", 1, 1),
]


@pytest.mark.parametrize(("answer", "response", "swallow", "ours"), VERDICTS)
def test_verdicts(answer: str, response: str, swallow: int, ours: int) -> None:
    pytest.importorskip("math_verify", reason="needs math-verify: pip install 'lm_eval[math]'")
    doc = {"answer": answer}
    assert math100_swallow.process_results(doc, [response]) == {"acc": float(swallow)}
    assert math100_ja.process_results(doc, [response]) == {"acc": float(ours)}


def test_outside_the_main_thread_answers_are_scored_too() -> None:
    pytest.importorskip("math_verify", reason="needs math-verify: pip install 'lm_eval[math]'")
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(math100_swallow.same_expression("\\boxed{x+1}", "1+x")))
    thread.start()
    thread.join()
    assert found == [True]


def test_without_math_verify_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "math_verify", None)
    with pytest.raises(TaskError, match=r"math-verify.*pip install 'lm_eval\[math\]'"):
        math100_swallow.process_results({"answer": "x"}, ["\\boxed{x}"])
    assert math100_ja.process_results({"answer": "18"}, ["\\boxed{18}"]) == {"acc": 1.0}


@pytest.mark.parametrize(
    ("response", "boxed"),
    [
        ("\\boxed{18}", "18"),
        ("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
        ("\\boxed{1} \\boxed{2} 以上", "2"),
        ("\\boxed{1} \\boxed{2", "1"),
        ("\\boxed{\\boxed{18}}", "18"),
        ("\\boxed{}", ""),
        ("\\boxed 18", None),
        ("\\boxed{18", None),
        ("\\boxed{" * 2000, None),
        ("", None),
    ],
)
def test_the_last_closed_box(response: str, boxed: str | None) -> None:
    assert last_boxed(response) == boxed


@given(st.text(alphabet="\\boxed{}18 答えは"), st.text(alphabet="18x+/ 個です"))
def test_a_closed_box_at_the_end_is_found(before: str, content: str) -> None:
    assert last_boxed(f"{before}\\boxed{{{content}}}") == content


@given(st.text(), st.integers(-(10**12), 10**12))
def test_a_boxed_integer_is_read_whatever_comes_before(before: str, number: int) -> None:
    response = f"{before}\\boxed{{{number:,}}}"
    assert same_number(response, str(number))
    assert not same_number(response, str(number + 1))
    assert not same_number(response, f"{number}x")
