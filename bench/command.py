"""The command line that every measuring module has: ``python -m bench.NAME [--quick] [--seconds N] [--seed N]``."""

import argparse
import logging
import signal
import sys
from collections.abc import Callable

from anpei.trust.access.logs import configure_logging
from bench.figures import Report


def module(measure: Callable[..., None], *, seconds: float, seed: int | None = None) -> None:
    """Parse the arguments and measure. ``seconds`` is what the module may take unless it is told otherwise; ``seed`` where it draws."""
    parser = argparse.ArgumentParser(description=measure.__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs, smaller sets")
    parser.add_argument("--seconds", type=float, default=seconds, help="stop taking new runs after this many seconds")
    if seed is not None:
        parser.add_argument("--seed", type=int, default=seed, help="what is drawn")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    configure_logging(level=logging.getLevelName(logging.ERROR))
    more = {} if seed is None else {"seed": given.seed}
    measure(Report(quick=given.quick), quick=given.quick, seconds=given.seconds, **more)
