"""Units and counters: the spellings that follow or precede a number, each with one canonical name.

Spellings of one unit are made alike; units are never converted into each other.
"""

from __future__ import annotations

import re

_SPELLINGS: dict[str, str] = {
    "円": "円 JPY yen",
    "ドル": "ドル 米ドル USD dollars dollar",
    "セント": "セント cents cent",
    "ユーロ": "ユーロ EUR",
    "ポンド": "ポンド",
    "元": "元 人民元",
    "ウォン": "ウォン",
    "銭": "銭",
    "%": r"% \% パーセント ㌫",
    "%ポイント": "%ポイント %pt パーセントポイント",
    "ポイント": "ポイント pt pts",
    "bps": "bps bp ベーシスポイント",
    "倍": "倍",
    "個": "個 箇 コ こ ヶ ケ",
    "つ": "つ",
    "人": "人 名",
    "歳": "歳 才",
    "年": "年 年間",
    "年度": "年度",
    "か月": "か月 カ月 ヵ月 ヶ月 ケ月 箇月 か月間 カ月間 ヵ月間 ヶ月間 ケ月間",
    "週": "週",
    "週間": "週間",
    "日": "日 日間",
    "時間": "時間",
    "分": "分 分間",
    "秒": "秒 秒間",
    "か所": "か所 カ所 ヵ所 ヶ所 箇所",
    "か国": "か国 カ国 ヵ国 ヶ国",
    "ページ": "ページ 頁",
    "km/h": "km/h",
    "m/s": "m/s",
    "km": "km キロメートル ㎞",
    "m": "m メートル",
    "cm": "cm センチメートル センチ ㎝",
    "mm": "mm ミリメートル ㎜",
    "kg": "kg キログラム ㎏",
    "g": "g グラム",
    "mg": "mg ミリグラム",
    "t": "t トン",
    "lb": "lb lbs",
    "oz": "oz オンス",
    "in": "インチ",
    "ft": "ft フィート",
    "yd": "ヤード",
    "mi": "mi マイル",
    "gal": "ガロン",
    "ac": "エーカー",
    "L": "L l ℓ リットル",
    "mL": "mL ml ミリリットル",
    "dL": "dL dl デシリットル",
    "m²": "m² m^2 ㎡ 平方メートル 平米",
    "cm²": "cm² cm^2 平方センチメートル",
    "km²": "km² km^2 平方キロメートル",
    "m³": "m³ m^3 立方メートル",
    "cm³": "cm³ cm^3 立方センチメートル",
    "℃": "℃ °C",
    "度": "度 °",
    "ha": "ha ヘクタール",
    "kWh": "kWh キロワット時",
    "kcal": "kcal キロカロリー",
    "GB": "GB ギガバイト",
    "MB": "MB メガバイト",
}
_COUNTERS = (
    "匹 頭 羽 本 枚 冊 台 杯 皿 袋 箱 缶 束 株 件 社 店 軒 校 組 班 列 行 周 回 位 点 問 世帯 種類 番 階 着 足 膳 輪 "
    "通 票 席 口 文字 語 国 ダース セット パック ケース カップ ボトル 切れ 粒 滴 戸 棟 部 曲 話 章 巻 試合 勝 敗 桁 "
    "通り 世紀 人前 人分 個分 年生 年代 年分 か月分 日分 週間分 回分 枚分"
)
_NAMES = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_NAMES |= {counter: counter for counter in _COUNTERS.split()}

#: What may not follow a spelling, because the two together are another word: 3日本, 5足す2, 7割る2.
_NOT_BEFORE = {
    "人": "口|間|気|工|形|件",
    "名": "前|古|目",
    "本": "当|来|社|店|人",
    "日": "本|々",
    "個": "人|別|性",
    "回": "答|転|帰|復|路",
    "台": "湾|風|所",
    "点": "数|検",
    "分": "析|布|配|野|子|母|解|散|かる|かり|かっ|け|数",
    "度": "合|数",
    "行": "う|い|っ|く|き|け|為|動",
    "列": "車|島",
    "組": "み|ん|織|合",
    "株": "式|価|主",
    "通": "常|算|信|貨|り",
    "位": "置",
    "倍": "数|率",
    "部": "分|品|屋|長|門",
    "口": "座|径",
    "足": "す|し|せ|さ|そ|ら|り",
    "つ": "ま|い|も(?!り)|ぎ|く",
    "こ": "れ|の|と|こ|ろ|う",
    "コ": "[ァ-ヴー]",
    "ケ": "[ァ-ヴー]",
    "件": "名|数",
    "社": "会|員|長|債",
    "店": "長|舗",
    "校": "長|舎",
    "国": "債|民|家|際|内|税|土",
    "元": "の|々|本|に|は|気|金",
    "番": "組|号",
    "週": "末",
    "人前": "後",
    "階": "級|段",
    "席": "次",
    "語": "学|彙",
    "話": "す|し|題",
    "着": "く|い|き",
    "票": "数",
    "周": "期|辺|囲",
    "頭": "金|文字",
    "束": "縛",
}
_LATIN_END = re.compile(r"[A-Za-z]$")


def _pattern(spelling: str) -> str:
    escaped = re.escape(spelling)
    if _LATIN_END.search(spelling):
        return escaped + r"(?![A-Za-z])"
    forbidden = _NOT_BEFORE.get(spelling)
    return f"{escaped}(?!{forbidden})" if forbidden else escaped


_UNIT = re.compile("|".join(map(_pattern, sorted(_NAMES, key=len, reverse=True))))
_CURRENCIES = {
    "¥": "円",
    "JPY": "円",
    "$": "ドル",
    "US$": "ドル",
    "USD": "ドル",
    "€": "ユーロ",
    "EUR": "ユーロ",
    "£": "ポンド",
}

#: A currency in front of a number.
CURRENCY = r"(?:(?<![A-Za-z])(?:US\$|JPY|USD|EUR)|[$¥€£])"
CURRENCY_UNITS = frozenset(_CURRENCIES.values()) | {"セント", "元", "ウォン", "銭"}

#: Units that together make one quantity when one follows the other at once: 3時間30分, 1メートル20センチ.
COMPOUNDS = frozenset(
    {
        ("時間", "分"),
        ("分", "秒"),
        ("時間", "秒"),
        ("年", "か月"),
        ("歳", "か月"),
        ("か月", "日"),
        ("週間", "日"),
        ("日", "時間"),
        ("km", "m"),
        ("m", "cm"),
        ("cm", "mm"),
        ("kg", "g"),
        ("t", "kg"),
        ("L", "mL"),
        ("L", "dL"),
        ("ドル", "セント"),
        ("円", "銭"),
        ("度", "分"),
        ("ダース", "個"),
    }
)


def match_unit(folded: str, position: int) -> tuple[str | None, int]:
    """Read the unit that stands at a position of folded text.

    Returns:
        Its canonical name and its end, or (None, position) where no unit stands. 目 makes an ordinal: 3番目 has the
        unit 番目.
    """
    match = _UNIT.match(folded, position)
    if match is None:
        return None, position
    unit, end = _NAMES[match[0]], match.end()
    if folded.startswith("目", end):
        return unit + "目", end + 1
    return unit, end


def currency_unit(sign: str) -> str:
    """Return the unit of a currency sign or code: ¥ is 円, US$ is ドル."""
    return _CURRENCIES[sign]
