"""Load on a server by `wrk`, one thread and eight connections."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.processes import BENCH, run

CONNECTIONS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of one or several runs."""

    per_s: float
    p50_ms: float
    p99_ms: float
    failed: int

    def __str__(self) -> str:
        failed = f", {self.failed} FAILED" if self.failed else ""
        return f"{self.per_s:,.0f}/s, p99 {self.p99_ms:.1f} ms{failed}"


def need_wrk() -> None:
    """Raises RuntimeError where `wrk` is not installed."""
    if shutil.which("wrk") is None:
        raise RuntimeError("this row needs wrk: apt-get install wrk")


def strike(port: int, requests: Path, accept: str, seconds: float) -> Load:
    """Ask a server for what the lines of a file name (load.lua), for so many seconds."""
    script = [BENCH / "load.lua", f"http://127.0.0.1:{port}", "--", requests, accept]
    limits = [f"-c{CONNECTIONS}", "-t1", f"-d{seconds:.0f}s", "--timeout", "30s"]
    said = run(["wrk", *limits, "-s", *script]).said
    return Load(
        per_s=said["per_s"], p50_ms=said["p50_ms"], p99_ms=said["p99_ms"], failed=said["failed"]
    )


def middle(loads: Sequence[Load]) -> Load:
    """The medians of several runs; failures are added up."""
    return Load(
        per_s=median(load.per_s for load in loads),
        p50_ms=median(load.p50_ms for load in loads),
        p99_ms=median(load.p99_ms for load in loads),
        failed=sum(load.failed for load in loads),
    )
