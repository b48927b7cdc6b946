"""`jaeval serve CHECKPOINT`: serve a checkpoint until Ctrl-C."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from jaeval.cli.options import ApiKeyEnv, ApiKeyFile, arguments

GLANCE_S = 0.5


def serve(
    checkpoint: Annotated[
        Path,
        typer.Argument(
            metavar="CHECKPOINT", help="A folder with safetensors weights and a tokenizer.", show_default=False
        ),
    ],
    host: Annotated[
        str, typer.Option(metavar="HOST", help="Where to listen; only this machine reaches the default.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=65535, help="The port (default: a free one).")
    ] = None,
    engine_arg: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="For vLLM, such as dtype=float32; may be repeated."),
    ] = None,
    api_key_env: ApiKeyEnv = None,
    api_key_file: ApiKeyFile = None,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where vLLM's output goes (default: a temporary file).")
    ] = None,
) -> None:
    """Serve a checkpoint with vLLM and print the address for `jaeval run --engine server --base-url`."""
    from jaeval.cli.console import say
    from jaeval.engines.checkpoint import open_checkpoint
    from jaeval.engines.server.keys import read_key
    from jaeval.engines.server.process import ServedCheckpoint

    served = ServedCheckpoint(
        open_checkpoint(checkpoint),
        host=host,
        port=port,
        engine_args=arguments(engine_arg, "--engine-arg"),
        key=read_key(api_key_env, api_key_file),
        log=log,
    )
    signal.signal(signal.SIGTERM, _end)
    try:
        with served:
            say(served.base_url)
            while True:
                served.check_alive()
                time.sleep(GLANCE_S)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _end(*_: Any) -> NoReturn:
    raise KeyboardInterrupt
