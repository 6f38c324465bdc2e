"""`make bench`: the registry's figures beside those of the parts it is made of.

`python -m bench.bench [--sizes 10000,100000] [--rows path,sparql] [--repeat 3] [--quick]`. A whole
run writes bench/results.md; one with --rows or --sizes prints only, unless --out names a file.
Everything happens in a temporary folder and on loopback; every process that is started is ended.
"""

import argparse
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bench import harvesting, real_hubs, serving
from bench.plan import Plan
from bench.report import RESULTS, Row, show, write

ROWS: Final[dict[str, Callable[[Plan], Iterator[Row]]]] = {
    "path": harvesting.path,
    "memory": harvesting.memory,
    "growth": harvesting.growth,
    "again": harvesting.again,
    "sparql": serving.sparql,
    "entity": serving.entity,
    "list": serving.lists,
    "endless": serving.endless,
    "changes": harvesting.changes,
    "rebuild": harvesting.rebuild,
    "releases": harvesting.releases,
    "real": real_hubs.real,
}
"""In this order: the first makes what the others use, the last ones change it."""

SIZES: Final = "10000,100000,300000"


def main() -> int:
    """Measure, print, and write the page; 1 where a row could not be measured."""
    options = _options()
    started = time.monotonic()
    rows: list[Row] = []
    broken = False
    with tempfile.TemporaryDirectory(prefix="verbund-bench-", dir=options.folder) as folder:
        plan = Plan(
            folder=Path(folder),
            sizes=tuple(map(int, options.sizes.split(","))),
            repeat=options.repeat,
            seconds=3 if options.quick else 10,
            releases=50 if options.quick else 500,
        )
        for key in options.rows.split(","):
            print(f"{time.monotonic() - started:6.0f} s  {key}", flush=True)
            try:
                for row in ROWS[key](plan):
                    rows.append(row)
                    print(f"          {row.what}: {row.found} ({row.beside})", flush=True)
            except RuntimeError as error:  # the others are worth having
                broken = True
                print(f"          not measured: {error}", flush=True)
    took_s = time.monotonic() - started
    show(rows)
    print(f"{took_s / 60:.1f} minutes in all")
    whole = options.rows == ",".join(ROWS) and options.sizes == SIZES
    target = options.out or (RESULTS if whole else None)
    if target:
        write(rows, target, command=_command(), took_s=took_s)
        print(f"written to {target}")
    return int(broken)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.bench", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="numbers of records, rising")
    parser.add_argument("--rows", default=",".join(ROWS), help="some of the default's names")
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the median counts")
    parser.add_argument("--quick", action="store_true", help="shorter loads, 50 releases")
    parser.add_argument("--out", type=Path, help="where to write the page")
    parser.add_argument("--folder", type=Path, help="where to make the temporary folder")
    options = parser.parse_args()
    unknown = set(options.rows.split(",")) - ROWS.keys()
    if unknown:
        parser.error(f"no row named {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    return options


def _command() -> str:
    return f'make bench OPTIONS="{shlex.join(sys.argv[1:])}"' if sys.argv[1:] else "make bench"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all that was started ends
    os.environ.pop("VERBUND_CONFIG", None)  # the operator's own settings are not measured
    sys.exit(main())
