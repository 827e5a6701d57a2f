"""The command line that every measuring module has: ``python -m bench.NAME [--quick] [--seconds N]``."""

import argparse
import logging
import signal
import sys
from collections.abc import Callable

from anpei.trust.access.logs import configure_logging
from bench.figures import Report


def module(measure: Callable[..., None], *, seconds: float) -> None:
    """Parse the arguments and measure. ``seconds`` is what the module may take unless it is told otherwise."""
    parser = argparse.ArgumentParser(description=measure.__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs, smaller sets")
    parser.add_argument("--seconds", type=float, default=seconds, help="stop taking new runs after this many seconds")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    configure_logging(level=logging.getLevelName(logging.ERROR))
    measure(Report(quick=given.quick), quick=given.quick, seconds=given.seconds)
