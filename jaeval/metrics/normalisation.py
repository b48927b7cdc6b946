"""How published harnesses normalise an answer before they compare it, one function for each.

| function | source |
|---|---|
| `jpstable` | Stability-AI/lm-evaluation-harness@effdbea, `lm_eval/jasquad/evaluate.py`, `normalize_answer`; the same code is Sakana's (`evomerge/eval/metrics.py`) and lm-eval 0.4.13's (`ja_leaderboard_xlsum.py`) |
| `jglue` | yahoojapan/JGLUE@6f071c0, its patch of transformers 4.9.2, `squad_metrics.normalize_answer` |
| `flexeval_aio` | sbintuitions/flexeval@8a07c3c, `AIONormalizer`, after AI王's official script |
| `llm_jp_eval` | llm-jp-eval 1.3.0, `utils.get_evaluation_result`, in swallow-llm/swallow-evaluation@78de0db |
| `swallow` | swallow-llm/swallow-evaluation@f0c0310: the same, and white space at the ends goes |
| `nejumi` | wandb/llm-leaderboard@6e29db4, `jaster.py` and `formatter.text_formatter` for JEMHopQA, JSQuAD and NIILC |

The last three are for responses; their golds are only brought to NFKC (`nfkc`).
"""  # noqa: E501 (a table)

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from unicodedata import normalize

_SURROGATE = re.compile(r"[\ud800-\udfff]")
#: Removed besides emoji proper. The last range takes all from ✂ to ➰, such as ✓, ❶ and ➀.
_PICTURES = (
    range(0x1F600, 0x1F650),
    range(0x1F300, 0x1F600),
    range(0x1F680, 0x1F700),
    range(0x1F1E0, 0x1F200),
    range(0x2702, 0x27B1),
)
_CORNER_BRACKETS = re.compile(r"「(.*?)」")
_WHITE_CORNER_BRACKETS = re.compile(r"『(.*?)』")
_PARENTHESIS = re.compile(r"\((.*?)\)")
_WHITE_SPACE = re.compile(r"\s+")
_NEJUMI_LABELS = ("応答:", "回答:", "答え:")


def jpstable(text: str) -> str:
    """No emoji, neologdn's normalisation (width, hyphens, ~ and blanks), single spaces.

    neologdn keeps 。 and case, takes blanks between Japanese characters away and shortens ーー to ー; from 0.5.5 on
    (here) it writes “ as ", in Stability's time it did not. Lone surrogates, which it refuses, become U+FFFD.
    """
    import neologdn

    text = _SURROGATE.sub("\ufffd", text).translate(_emoji())
    return " ".join(neologdn.normalize(text).split())


@cache
def _emoji() -> dict[int, None]:
    from emoji import EMOJI_DATA

    single = [ord(emoji) for emoji in EMOJI_DATA if len(emoji) == 1]
    return dict.fromkeys(chain(single, *_PICTURES))


def jglue(text: str) -> str:
    """Lower case, no 。 at the very end (before a blank it stays), single spaces."""
    return " ".join(text.lower().rstrip("。").split())


def flexeval_aio(text: str) -> str:
    """NFKC, lower case, no brackets 「」 and 『』, no ・ = - and white space, nothing in parentheses."""
    text = normalize("NFKC", text.replace("～", "〜")).lower()
    text = _WHITE_CORNER_BRACKETS.sub(r"\1", _CORNER_BRACKETS.sub(r"\1", text))
    text = text.replace("・", "").replace("=", "").replace("-", "")
    return _PARENTHESIS.sub("", _WHITE_SPACE.sub("", text))


def nfkc(text: str) -> str:
    """Unicode's NFKC."""
    return normalize("NFKC", text)


def llm_jp_eval(response: str) -> str:
    """What stands before the first blank line, in NFKC. White space at its ends counts."""
    return nfkc(response.split("\n\n")[0])


def swallow(response: str) -> str:
    """What stands before the first blank line, without white space at its ends, in NFKC."""
    return nfkc(response.split("\n\n")[0].strip())


def nejumi(response: str) -> str:
    """No 応答: 回答: 答え: (with an ASCII colon), lower case, the text before the first blank line, without quotes.

    The gold is not brought to lower case, so an exact match with Latin capitals in the gold is out of reach.
    """
    for label in _NEJUMI_LABELS:
        response = response.replace(label, "")
    paragraph = response.strip().lower().split("\n\n")[0].strip()
    return nfkc(paragraph.strip("'").strip('"').strip())
