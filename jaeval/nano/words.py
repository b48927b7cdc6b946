"""The words of the nano world: people, things with their counters, numbers, and the vocabulary of its tokenizer."""

from __future__ import annotations

LARGEST = 10
"""Numbers run from 0 to this; each is one token in both languages."""

PEOPLE_JA = ("田中", "佐藤", "鈴木", "高橋", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田")
PEOPLE_EN = ("Tom", "Mary", "John", "Anna", "Ben", "Lucy", "Sam", "Kate", "Paul", "Emma", "Jack", "Rose")

THINGS_JA = {
    **dict.fromkeys(("りんご", "みかん", "卵", "石"), "個"),
    **dict.fromkeys(("本", "ノート", "雑誌"), "冊"),
    **dict.fromkeys(("鉛筆", "花", "傘"), "本"),
    **dict.fromkeys(("紙", "切手", "皿"), "枚"),
    **dict.fromkeys(("魚", "犬", "虫"), "匹"),
}
"""Things with the counter that counts them."""
THINGS_EN = (
    *("apples", "oranges", "eggs", "stones", "books", "notebooks", "magazines", "pencils"),
    *("flowers", "umbrellas", "papers", "stamps", "plates", "fish", "dogs", "bugs"),
)

GRAMMAR_JA = (
    *("問題", "答え", "：", "。", "、", "さん", "は", "が", "を", "に", "の", "より", "か", "何", "誰", "です"),
    *("でした", "ました", "あり", "ます", "持って", "います", "買い", "もらい", "あげ", "なくし", "あとで", "全部で"),
    *("合わせて", "残り", "初め", "今", "多く", "少なく", "個", "冊", "枚", "匹"),
)
GRAMMAR_EN = (
    *("Question", "Answer", ":", ".", "?", "The", "answer", "is", "are", "has", "have", "bought", "buy", "gets"),
    *("get", "gives", "lost", "lose", "does", "Then", "Later", "Now", "How", "many", "What", "Who"),
    *("more", "fewer", "than", "left", "in", "all", "together", "at", "first", "and", "to"),
)
SIGNS = ("+", "-", "max", "min", "=")

SPECIAL = ("<pad>", "<bos>", "<eos>", "<unk>")
PAD, BOS, EOS = 0, 1, 2

VOCABULARY: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *SPECIAL,
            *(str(number) for number in range(LARGEST + 1)),
            *SIGNS,
            *GRAMMAR_JA,
            *PEOPLE_JA,
            *THINGS_JA,
            *GRAMMAR_EN,
            *PEOPLE_EN,
            *THINGS_EN,
        )
    )
)
"""Every token; its place is its id."""
