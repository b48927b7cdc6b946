"""The tokenizer's conventions, with a real byte-level tokenizer, with and without a BOS of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.engines.scripted import CharacterTokenizer
from jaeval.engines.tokenizer import CheckpointTokenizer, Redecoded, Tokenizer
from jaeval.errors import CheckpointError

BOS, EOS = 1, 2
TEXTS = st.text(st.sampled_from("答えは8です。 \u3000\nab😀é<s>"), max_size=20)


@pytest.fixture(scope="session")
def tokenizer(tokenizer_folder: Path) -> CheckpointTokenizer:
    return CheckpointTokenizer(tokenizer_folder)


@pytest.fixture
def altered(tokenizer_folder: Path, tmp_path: Path) -> Callable[..., CheckpointTokenizer]:
    """The tokenizer with other settings; None removes one."""

    def make(**changes: object) -> CheckpointTokenizer:
        folder = tmp_path / "altered"
        shutil.copytree(tokenizer_folder, folder)
        file = folder / "tokenizer_config.json"
        settings = json.loads(file.read_text()) | changes
        file.write_text(json.dumps({name: value for name, value in settings.items() if value is not None}))
        return CheckpointTokenizer(folder)

    return make


def test_both_tokenizers_keep_the_protocol(tokenizer: CheckpointTokenizer) -> None:
    assert isinstance(tokenizer, Tokenizer)
    assert isinstance(CharacterTokenizer(), Tokenizer)


class TestBeginning:
    @given(text=TEXTS)
    def test_there_is_never_a_second_bos(self, tokenizer: CheckpointTokenizer, text: str) -> None:
        (plain,) = tokenizer.encode([text])
        (templated,) = tokenizer.encode([f"<s>{text}"])
        if text and not text.startswith("<s>"):
            assert plain[0] == BOS
            assert templated == plain
        assert templated.count(BOS) == 1 + text.count("<s>")

    def test_mixed_texts_keep_their_order(self, tokenizer: CheckpointTokenizer) -> None:
        texts = ["答え", "<s>答え", "", "b", "<s>"]
        assert tokenizer.encode(texts) == [tokenizer.encode([text])[0] for text in texts]
        assert tokenizer.encode(texts)[2] == []

    def test_special_tokens_may_be_left_out(self, tokenizer: CheckpointTokenizer) -> None:
        assert tokenizer.encode(["答え"])[0] == [BOS, *tokenizer.encode(["答え"], special_tokens=False)[0]]

    def test_the_prefix_is_bos_else_the_end_token(
        self, tokenizer: CheckpointTokenizer, altered: Callable[..., CheckpointTokenizer]
    ) -> None:
        assert tokenizer.prefix_token == BOS
        assert altered(bos_token=None).prefix_token == EOS

    def test_a_tokenizer_with_neither_is_refused(self, altered: Callable[..., CheckpointTokenizer]) -> None:
        with pytest.raises(CheckpointError, match="neither a BOS nor an EOS"):
            altered(bos_token=None, eos_token=None).load()


class TestEnd:
    def test_end_tokens_come_from_tokenizer_and_configuration(self, tokenizer_folder: Path, tmp_path: Path) -> None:
        folder = tmp_path / "checkpoint"
        shutil.copytree(tokenizer_folder, folder)
        for file, ends, expected in (
            ("config.json", 5, (EOS, 5)),
            ("generation_config.json", [7, 6], (EOS, 6, 7)),
            ("generation_config.json", "garbage", (EOS,)),
        ):
            (folder / file).write_text(json.dumps({"eos_token_id": ends}))
            assert CheckpointTokenizer(folder).end_tokens == expected
        assert CheckpointTokenizer(folder).end_text == "</s>"


class TestReasoningTags:
    def test_a_plain_tokenizer_has_none(self, tokenizer: CheckpointTokenizer) -> None:
        assert tokenizer.think is None

    def test_a_chat_template_that_names_them_shows_a_reasoning_model(
        self, altered: Callable[..., CheckpointTokenizer]
    ) -> None:
        found = altered(chat_template="{{ messages[0].content.split('</think>')[-1] }}").think
        assert found is not None
        assert (found.open, found.close) == ("<think>", "</think>")


class TestChatTemplate:
    TURNS = ({"role": "system", "content": "簡潔に。"}, {"role": "user", "content": "3+5は？"})

    def test_it_renders_with_and_without_a_generation_prompt(self, tokenizer: CheckpointTokenizer) -> None:
        whole = tokenizer.apply_chat_template(list(self.TURNS))
        assert whole == "<s>[system]簡潔に。\n[user]3+5は？\n[assistant]"
        assert tokenizer.apply_chat_template(list(self.TURNS), add_generation_prompt=False).endswith("3+5は？")

    def test_a_template_that_refuses_system_turns_is_given_none(
        self, altered: Callable[..., CheckpointTokenizer]
    ) -> None:
        template = (
            "{% for turn in messages %}{% if turn.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
            "{{ turn.content }}{% endfor %}"
        )
        assert altered(chat_template=template).apply_chat_template(list(self.TURNS)) == "3+5は？"

    def test_a_missing_template_is_told(self, altered: Callable[..., CheckpointTokenizer]) -> None:
        with pytest.raises(CheckpointError, match="no chat template"):
            altered(chat_template=None).apply_chat_template(list(self.TURNS))

    def test_arguments_reach_the_template(self, tokenizer_folder: Path, tmp_path: Path) -> None:
        folder = tmp_path / "checkpoint"
        shutil.copytree(tokenizer_folder, folder)
        (folder / "chat_template.jinja").write_text("{{ 'think' if enable_thinking else 'plain' }}")
        found = CheckpointTokenizer(folder, chat_template_args={"enable_thinking": False})
        assert found.apply_chat_template(list(self.TURNS)) == "plain"

    def test_a_template_cannot_reach_python(self, altered: Callable[..., CheckpointTokenizer], tmp_path: Path) -> None:
        made = tmp_path / "made"
        evil = f"{{{{ cycler.__init__.__globals__.os.system('touch {made}') }}}}"
        with pytest.raises(Exception, match="unsafe"):
            altered(chat_template=evil).apply_chat_template(list(self.TURNS))
        assert not made.exists()


class TestDecoding:
    @given(text=TEXTS.filter(lambda text: "<s>" not in text))
    def test_text_survives(self, tokenizer: CheckpointTokenizer, text: str) -> None:
        assert tokenizer.decode(tokenizer.encode([text], special_tokens=False)[0]) == text

    @given(tokens=st.lists(st.integers(0, 399), max_size=30), data=st.data())
    def test_a_stream_gives_what_decoding_gives(
        self, tokenizer: CheckpointTokenizer, tokens: list[int], data: st.DataObject
    ) -> None:
        for stream in (tokenizer.stream(), Redecoded(tokenizer.decode)):
            place = data.draw(st.integers(0, len(tokens)))
            text = stream.feed(tokens[:place]) + stream.feed(tokens[place:])
            assert tokenizer.decode(tokens).rstrip("\ufffd").startswith(text.rstrip("\ufffd"))

    @given(text=TEXTS)
    def test_a_stream_gives_whole_characters_token_by_token(self, tokenizer: CheckpointTokenizer, text: str) -> None:
        tokens = tokenizer.encode([text], special_tokens=False)[0]
        for stream in (tokenizer.stream(), Redecoded(tokenizer.decode)):
            pieces = [stream.feed([token]) for token in tokens]
            assert "".join(pieces) == text
            assert not any("\ufffd" in piece for piece in pieces)
