"""The wordings by which `jaeval.metrics.asked_letter` finds letters in a written answer. The rule stands there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

UNDECIDED = ""
"""What a statement names that names several letters, doubts or refuses."""
REACH = 400
"""Characters behind 答えは that are looked at; the longest choice of the tasks has 233."""

_LATEX = re.compile(r"\\(?:text|textbf|mathrm|mathbf|mathsf|rm)\s?\{([^{}]{0,200})\}")
_BOXED = re.compile(r"\\boxed\s?\{([^{}]{0,200})\}")
_MARKS = re.compile(r"[*`$]|__|\\[()\[\]]|</?answer>")
_BULLET = re.compile(r"^(?:[ #>•・]|-(?= ))+", re.MULTILINE)
_EDGES = " \n\t()[]「」『』【】〈〉《》\"'“”‘’<>、。,.!:;"
_COPULA = re.compile(r"(?:です|だ|である|でした|になります|となります)$")
_SENTENCE_END = re.compile(r"[。!?\n]|\.(?= )")

_OPEN = r"[ (\[「『【〈《<\"'“‘]{0,4}"
_CLOSE = r"[ )\]」』】〉》>\"'”’]{0,4}"
_NAMED = r"(?:選択肢|記号|アルファベット|[Oo]ption |[Cc]hoice |[Ll]etter )?[はの:]?"
_SHUT = r"(?!['’]?[A-Za-z0-9]|[ァ-ヿ㐀-鿿々]|さん|くん|ちゃん|さま)(?!(?<=[AI]) (?!(?:is|because|since|or|and)\b)[a-z])"
"""Behind a letter no word or name goes on, and A and I are no English words."""
_FREE = r"(?:(?<![A-Za-z0-9ァ-ヿ㐀-鿿々])|(?<=選択肢)|(?<=記号)|(?<=[回解]答)|(?<=正解))"
"""Before a letter no word or name ends."""
_IS = r"(?:です|だ|である|でした|でしょう|[にと]な(?:ります|る)|と(?:考え|思|判断|言え|いえ)[^。\n]{0,8})"
_MOST = "(?:最も|もっとも|一番)"
_GOOD = (
    rf" ?が(?:{_MOST}?、? ?(?:正し|適切|適当|妥当|最適|正解|該当|当てはま|あてはま)(?!くな|では)"
    rf"|{_MOST}、? ?不適[切当])"
)
_CHOSEN = (
    rf"(?: ?(?:が|は|こそ)(?:正解|正答|答え|解答|回答){_IS}?"
    r"|を(?:選びます|選びました|選ぶ|選択します|選択する|(?:答え|回答|正解)と(?:します|する))"
    r"|と(?:答え|回答し|解答し)ます| is (?:the )?(?:correct|right|best)(?: (?:answer|choice|option))?)(?=[。.!\n]|$)"
)

_MARKER = re.compile(
    r"(?<![不誤])(?<!った)(?:答え|回答|解答|正解|正答|選ぶべき選択肢)(?:の(?:選択肢|記号|アルファベット))?"
    r"(?:[】\])〉》」] ?[は:]?|[ \n]?(?:は|が|:|=|→|⇒)|(?P<gap>[ \n]))[、,: \n]{0,3}"
    r"|(?:結論|答) ?[は:][、,: \n]{0,3}|(?i:\b(?:answer|choice|option)(?: is|[ \n]?[:=]))[: \n]{0,3}"
    r"|(?P<hence>(?:したがって|従って|よって|ゆえに|故に|以上(?:のこと)?(?:より|から)|そのため|このことから|つまり"
    r"|\b(?:Therefore|Thus|Hence|So)\b)[、, ]{0,2})"
)
_SUPPOSED = re.compile(
    rf"{_CLOSE}(?:だ?と(?:すると|すれば|したら|仮定)|なら(?!び)|であれば|の場合|(?:では|じゃ)(?:な|あり)|でな[いく])"
)
_DENIED = re.compile(rf"{_CLOSE}(?:では|じゃ)なくて?、?")
_DOUBTED = re.compile(
    rf"{_CLOSE}(?:(?:である|なの|です|でしょう)?か(?!ら|と(?:思|存じ|考え))|だ?とは(?:限|言え|いえ)|\?)"
)
_REFUSED = re.compile(r"わか[らり]|分か[らり]|不明|ありません|存在し|でき(?:ない|ません)|(?i:unknown|cannot|none of)")
_GOES_ON = re.compile(
    rf"{_CLOSE}(?!{_IS}|{_GOOD}|を選|が(?:正答|答え|解答|回答))(?:は|も|が|を|に|で(?![あ間、])|より)"
)
_ENDS = re.compile(rf"{_CLOSE}(?:{_IS}|[。.!\n]|$)")
_CONCLUDES = re.compile(rf"{_CLOSE}(?:{_IS}|{_GOOD}|を選|[。.!(「\n]|$)")
_DELIMITER = re.compile(rf"{_CLOSE}(?<=[ )\]」』】〉》>\"'”’])|{_CLOSE}(?:[:.、,。(「『→=-]|の[(「『]|を選|{_IS}|$)")
_WRONG = re.compile(r"不正解|誤答|除外|消去")


def plain(response: str) -> str:
    """A response without its reasoning part and its marks, in NFKC; runs of white space are one blank or line feed."""
    _, closed, answer = response.rpartition("</think>")
    if not closed and answer.lstrip().startswith("<think>"):
        return ""
    text = _BOXED.sub(r" 答え:\1 ", _LATEX.sub(r"\1", unicodedata.normalize("NFKC", answer)))
    text = _MARKS.sub(lambda mark: "\n" if mark[0][0] == "<" else "", text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return _BULLET.sub("", "\n".join(line for line in lines if line))


def bare(text: str) -> str:
    """A short text without brackets, stops and です around it, in one case, to be compared as a whole."""
    text = _COPULA.sub("", text.strip(_EDGES)).strip(_EDGES)
    return text.removeprefix("選択肢").strip(_EDGES).casefold()


class Wording:
    """The wordings for some letters.

    Args:
        letters: those of the choices, "ABCD" for example.
    """

    def __init__(self, letters: str) -> None:
        letter = f"[{letters}]{_SHUT}"
        self._alone = {letter.lower(): letter for letter in letters}
        self._first = re.compile(rf"{_OPEN}{_NAMED}{_OPEN}({letter})")
        self._free = re.compile(rf"{_FREE}({letter})")
        also = rf"(?:、|,|と|か|や|・|/|&|or\b|and\b|または|もしくは|および|及び|~|〜|-){_OPEN}{_NAMED}{_OPEN}{letter}"
        self._also = re.compile(f"{_CLOSE}{also}")
        self._aside = re.compile(rf"{_CLOSE}[、,]{_OPEN}{letter}{_CLOSE}(?:は|が| is)")
        self._joined = re.compile(rf"{letter}{_CLOSE}{also}$")
        self._chosen = re.compile(rf"{_FREE}({letter}){_CLOSE}{_CHOSEN}")
        self._good = re.compile(rf"{_FREE}({letter}){_CLOSE}{_GOOD}")
        self._said = re.compile(rf"{_FREE}({letter}){_CLOSE}{_IS}[ .]*$")
        self._last = re.compile(rf"{_FREE}({letter}){_CLOSE}{_IS}?[ .]*$")

    def statements(self, text: str, texts: Mapping[str, str]) -> set[str]:
        """What the last sentence with a statement names: letters, and `UNDECIDED`. Empty: there is no statement.

        Args:
            text: the response, plain.
            texts: the letter of each text, bare, that stands for one choice.
        """
        found = [(chosen.start(1), self._choice_of(text, chosen)) for chosen in self._chosen.finditer(text)]
        for marker in _MARKER.finditer(text):
            if (named := self._named(text, marker, texts)) is not None:
                found.append((marker.end(), named))
        if not found:
            return set()
        begin = max((end.end() for end in _SENTENCE_END.finditer(text, 0, max(found)[0])), default=0)
        return {named for place, named in found if place >= begin}

    def _choice_of(self, text: str, chosen: re.Match[str]) -> str:
        several = self._joined.search(text, max(0, chosen.start(1) - 24), chosen.end(1))
        return UNDECIDED if several else chosen[1]

    def _named(self, text: str, marker: re.Match[str], texts: Mapping[str, str]) -> str | None:
        """What stands behind a marker: a letter, `UNDECIDED`, or None where it is no statement."""
        line = text[marker.end() : marker.end() + REACH].partition("\n")[0]
        sentence = _SENTENCE_END.split(line, 1)[0]
        if alone := self._alone.get(bare(sentence)):
            doubted = line[len(sentence) : len(sentence) + 1] == "?"
            return UNDECIDED if doubted else None if self._begins_a_list(text, marker) else alone
        if not marker["hence"]:
            for said in (bare(sentence), bare(line)):
                if said in texts:
                    return texts[said]
        letter = self._first.match(text, marker.end())
        while letter and (denied := _DENIED.match(text, letter.end())):
            letter = self._first.match(text, denied.end())
        if not letter:
            return UNDECIDED if _REFUSED.search(sentence) and not marker["hence"] else None
        end = letter.end()
        needed = _CONCLUDES if marker["hence"] else _ENDS if marker["gap"] else None
        if needed and not needed.match(text, end):
            return None
        if _SUPPOSED.match(text, end) or _GOES_ON.match(text, end) or self._begins_a_list(text, marker):
            return None
        several = self._also.match(text, end) and not self._aside.match(text, end)
        return UNDECIDED if several or _DOUBTED.match(text, end) else letter[1]

    def _begins_a_list(self, text: str, marker: re.Match[str]) -> bool:
        """Whether a marker is a heading over several lines that each begin with a letter."""
        if "\n" not in marker[0]:
            return False
        lines = text[marker.end() : marker.end() + REACH].split("\n", 2)[:2]
        return len({self._opening(line) for line in lines} - {None}) == 2

    def bare_answers(self, text: str) -> set[str]:
        """The letters at the places where a bare answer stands: alone in a line, at the beginning, at the end."""
        lines = text.split("\n")
        found = {self._alone[word] for word in map(bare, lines) if word in self._alone}
        named = [self._opening(line) for line in lines]
        rest = [letter for letter in named[1:] if letter]
        if (first := named[0]) and (set(rest) <= {first} or (first in rest and rest == sorted(set(rest)))):
            found.add(first)
        if sentences := [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip(_EDGES)]:
            found |= self._at_the_end(sentences[0], self._said) | self._at_the_end(sentences[-1], self._last)
        if self._names_one(text) and (good := self._good.search(text)):
            found.add(good[1])
        return found

    def _at_the_end(self, sentence: str, ending: re.Pattern[str]) -> set[str]:
        """The letter in which a sentence ends, where its last clause names no other."""
        last = ending.search(sentence)
        if (
            not last
            or _WRONG.search(sentence)
            or self._joined.search(sentence, max(0, last.start(1) - 24), last.end(1))
        ):
            return set()
        clause = max(sentence.rfind(comma, 0, last.start(1)) for comma in "、,") + 1
        return {last[1]} if self._names_one(sentence[clause:]) else set()

    def _names_one(self, text: str) -> bool:
        return len(set(self._free.findall(text))) == 1

    def _opening(self, line: str) -> str | None:
        """The letter with which a line opens as an answer or an entry of a list does."""
        letter = self._first.match(line)
        if not letter or not _DELIMITER.match(line, letter.end()) or bare(line[letter.end() :]) in self._alone:
            return None
        refused = (self._also, _SUPPOSED, _DOUBTED, _GOES_ON)
        return None if any(pattern.match(line, letter.end()) for pattern in refused) else letter[1]
