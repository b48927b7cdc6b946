"""A checkpoint is named by its content, and a bad folder is refused in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkpoint_files import CONFIG, TENSORS, safetensors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaeval.engines.checkpoint import open_checkpoint, tensor_hashes
from jaeval.engines.load import load_engine
from jaeval.engines.tokenizer import CheckpointTokenizer
from jaeval.errors import CheckpointError, EngineError

Write = Callable[..., Path]
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"


def weight_hash(folder: Path) -> str:
    return open_checkpoint(folder).weight_hash


class TestWeightHash:
    def test_sharding_order_names_and_metadata_do_not_matter(self, write_checkpoint: Write) -> None:
        whole = weight_hash(write_checkpoint())
        first, *others = TENSORS
        shards = {
            "a-00002.safetensors": safetensors({first: TENSORS[first]}, {"format": "pt"}),
            "b-00001.safetensors": safetensors({name: TENSORS[name] for name in reversed(others)}),
            WEIGHTS: None,
        }
        assert weight_hash(write_checkpoint("shards", **shards)) == whole

    def test_every_byte_matters(self, write_checkpoint: Write) -> None:
        whole = safetensors(TENSORS)
        seen = {weight_hash(write_checkpoint())}
        size = sum(len(content) for _, content in TENSORS.values())
        for place in range(len(whole) - size, len(whole)):
            changed = bytearray(whole)
            changed[place] ^= 1
            seen.add(weight_hash(write_checkpoint(f"changed-{place}", **{WEIGHTS: bytes(changed)})))
        assert len(seen) == size + 1

    @pytest.mark.parametrize("change", ["name", "shape", "dtype"])
    def test_name_shape_and_dtype_matter(self, change: str, write_checkpoint: Write) -> None:
        before, after = {
            "name": (b"model.norm.weight", b"model.norm.weighs"),
            "shape": (b'"shape": [2]', b'"shape": [1]'),
            "dtype": (b'"F32"', b'"I32"'),
        }[change]
        changed = safetensors(TENSORS).replace(before, after, 1)
        assert weight_hash(write_checkpoint("changed", **{WEIGHTS: changed})) != weight_hash(write_checkpoint())


class TestModelHash:
    def test_the_folder_does_not_matter(self, write_checkpoint: Write) -> None:
        assert open_checkpoint(write_checkpoint("a")).model_hash == open_checkpoint(write_checkpoint("b")).model_hash

    @pytest.mark.parametrize(
        "change",
        [
            {"config.json": json.dumps(CONFIG | {"rope_theta": 5e5})},
            {"tokenizer.json": '{"version": "1.0"}'},
            {"tokenizer_config.json": '{"bos_token": "<s>"}'},
            {"chat_template.jinja": "{{ messages }}"},
            {WEIGHTS: safetensors({})},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_what_determines_the_answers_matters(self, change: dict[str, Any], write_checkpoint: Write) -> None:
        changed = open_checkpoint(write_checkpoint("changed", **change))
        assert changed.model_hash != open_checkpoint(write_checkpoint()).model_hash

    def test_where_it_was_saved_from_does_not_matter(self, write_checkpoint: Write) -> None:
        config = CONFIG | {"_name_or_path": "/elsewhere", "transformers_version": "9", "dtype": "bfloat16"}
        moved = open_checkpoint(
            write_checkpoint("moved", **{"config.json": json.dumps(config), "README.md": "# hello"})
        )
        assert moved.model_hash == open_checkpoint(write_checkpoint()).model_hash


class TestMaxLength:
    @pytest.mark.parametrize(
        ("config", "length"),
        [
            ({"max_position_embeddings": 4096}, 4096),
            ({"n_positions": 1024}, 1024),
            ({"text_config": {"max_position_embeddings": 8192}}, 8192),
            ({"max_position_embeddings": None, "n_ctx": 512}, 512),
            ({}, None),
        ],
    )
    def test_it_comes_from_the_configuration(
        self, config: dict[str, Any], length: int | None, write_checkpoint: Write
    ) -> None:
        assert open_checkpoint(write_checkpoint(**{"config.json": json.dumps(config)})).max_length == length


DEEP = "[" * 200_000
BAD: dict[str, tuple[dict[str, bytes | str | None], str]] = {
    "no config": ({"config.json": None}, "no config.json"),
    "config cut short": ({"config.json": '{"a": '}, "config.json: cannot be read"),
    "config of bytes": ({"config.json": b"\xff\xfe"}, "config.json: cannot be read"),
    "config nested without end": ({"config.json": DEEP}, "config.json: cannot be read"),
    "config is a list": ({"config.json": "[]"}, "config.json: is not a JSON object"),
    "no weights": ({WEIGHTS: None}, "no safetensors weights"),
    "pickled weights": ({WEIGHTS: None, "pytorch_model.bin": b"x"}, "found pytorch_model.bin"),
    "empty weights": ({WEIGHTS: b""}, "not a whole safetensors file"),
    "truncated weights": ({WEIGHTS: safetensors(TENSORS)[:-1]}, "lies outside the file"),
    "truncated header": ({WEIGHTS: safetensors(TENSORS)[:40]}, "header is cut short"),
    "garbage header": ({WEIGHTS: b"\x04\0\0\0\0\0\0\0abcd"}, "not a whole safetensors file"),
    "header nested without end": (
        {WEIGHTS: len(DEEP).to_bytes(8, "little") + DEEP.encode()},
        "not a whole safetensors file",
    ),
    "missing shard": ({INDEX: '{"weight_map": {"a": "model-00002-of-2.safetensors"}}'}, "model-00002-of-2.safetensors"),
    "index without map": ({INDEX: "{}"}, "weight_map: cannot be read"),
    "index of numbers": ({INDEX: '{"weight_map": {"a": 1, "b": "c"}}'}, "names weights that are missing: 1, c"),
    "index of lists": ({INDEX: '{"weight_map": {"a": []}}'}, "names weights that are missing"),
    "no tokenizer": ({"tokenizer.json": None}, "no tokenizer"),
}


def open_whole(folder: Path) -> None:
    CheckpointTokenizer(folder) if not (folder / "tokenizer.json").exists() else open_checkpoint(folder).weight_hash


@pytest.mark.parametrize(("files", "problem"), BAD.values(), ids=BAD)
def test_a_bad_folder_is_refused_in_one_line(
    files: dict[str, bytes | str | None], problem: str, write_checkpoint: Write
) -> None:
    folder = write_checkpoint(**files)
    with pytest.raises(CheckpointError) as caught:
        open_whole(folder)
    assert problem in str(caught.value)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["missing", "a file"])
def test_a_checkpoint_is_a_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("no folder")
    with pytest.raises(CheckpointError, match="no such checkpoint folder"):
        open_checkpoint(tmp_path / name)


def test_a_garbled_tokenizer_is_refused(write_checkpoint: Write) -> None:
    pytest.importorskip("transformers", reason="needs transformers")
    folder = write_checkpoint(**{"tokenizer.json": '{"version": "1.0"', "config.json": '{"model_type": "llama"}'})
    with pytest.raises(CheckpointError, match="the tokenizer cannot be read") as caught:
        CheckpointTokenizer(folder).load()
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=6,
)
TENSOR = st.fixed_dictionaries(
    {"dtype": st.just("F32") | JSON, "shape": st.lists(st.integers()) | JSON},
    optional={"data_offsets": st.tuples(st.integers(-9, 99), st.integers(-9, 99)).map(list) | JSON},
)
HEADERS = JSON | st.dictionaries(st.text(st.characters()), TENSOR | JSON, max_size=3)


def with_header(header: Any, data: bytes) -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(content=st.binary(max_size=64) | st.builds(with_header, HEADERS, st.binary(max_size=32)))
def test_no_file_raises_anything_but_a_checkpoint_error(content: bytes, tmp_path: Path) -> None:
    for name, text in (("config.json", "{}"), ("tokenizer.json", "{}")):
        (tmp_path / name).write_text(text)
    (tmp_path / WEIGHTS).write_bytes(content)
    try:
        found = weight_hash(tmp_path)
    except CheckpointError:
        return
    assert len(found) == 64
    assert len(tensor_hashes(tmp_path / WEIGHTS)) <= len(content)


class TestLoad:
    def test_an_unknown_engine_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(EngineError, match="no engine 'vlm'"):
            load_engine("vlm", tmp_path)

    def test_a_factory_that_does_not_exist_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(EngineError, match="cannot be imported"):
            load_engine("jaeval.engines:nothing", tmp_path)

    def test_a_factory_must_give_an_engine(self, tmp_path: Path) -> None:
        with pytest.raises(EngineError, match="gave a PosixPath, not an engine"):
            load_engine("pathlib:Path", tmp_path)

    def test_a_factory_that_refuses_its_arguments_is_told(self) -> None:
        with pytest.raises(EngineError, match="refused its arguments"):
            load_engine("jaeval.engines:ScriptedEngine", "name", engine_args={"nonsense": 1})

    def test_a_factory_gets_checkpoint_and_arguments(self) -> None:
        engine = load_engine("jaeval.engines:ScriptedEngine", "unused", engine_args={"name": "mine"})
        assert engine.weight_hash() == "mine"

    def test_an_unknown_argument_is_refused(self, write_checkpoint: Write) -> None:
        pytest.importorskip("torch", reason="needs torch and transformers")
        with pytest.raises(EngineError, match=r"--engine-arg dtyp: no such argument\. Known: .*dtype"):
            load_engine("transformers", write_checkpoint(), engine_args={"dtyp": "float32"})
