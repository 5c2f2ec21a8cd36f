"""A real Dask scheduler with two workers in processes of their own: the laptop's bytes, also after a kill."""

import os
import signal
import subprocess
import sys
import time

import pytest

from events.problems import Usage
from model.cli import main
from model.experiments.cluster import Cluster
from model.experiments.engine import InThisProcess
from model.experiments.plan import planned
from model.experiments.sweeps import sweep
from model.experiments.vary import parse
from tests.kept import SCENARIOS

TINY = SCENARIOS / "tiny.yaml"
pytest.importorskip("distributed", reason="needs the extra `cluster`")


def plan(seeds: int = 4):
    return planned(TINY, vary=[parse("shocks.demand.depth=20 %:60 %:3")], seeds=seeds)


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler and two workers, each a process; gives the address and the workers."""
    from distributed import Client

    spoken = tmp_path / "scheduler.json"
    common = {"cwd": SCENARIOS.parent, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
             "--no-dashboard", "--scheduler-file", str(spoken)]  # fmt: skip
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(spoken), "--nworkers", "1",
              "--nthreads", "1", "--host", "127.0.0.1", "--no-nanny", "--no-dashboard",
              "--local-directory", str(tmp_path)]  # fmt: skip
    processes = [subprocess.Popen(start, **common)] + [subprocess.Popen(worker, **common) for _ in range(2)]
    try:
        with Client(scheduler_file=str(spoken), timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            address = client.scheduler.address
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()  # a worker that is asked to end first looks for its scheduler, which may be gone by then
            process.wait()


def test_a_cluster_gives_the_bytes_of_this_process_even_when_a_worker_is_killed(tmp_path, scheduler):
    """
    Twelve runs; after the first answer one of the two workers is killed, and Dask gives its runs to the other.
    """
    address, workers = scheduler
    killed: list[int] = []

    def told(done: int, of: int, failed: int) -> None:
        if not killed:
            os.kill(workers[0].pid, signal.SIGKILL)
            killed.append(done)

    swept = sweep(plan(), tmp_path / "cluster", Cluster(address), told=told)
    here = sweep(plan(), tmp_path / "here", InThisProcess())

    assert killed and workers[0].wait(10) == -signal.SIGKILL
    assert not swept.failed
    assert (swept.folder / "results.parquet").read_bytes() == (here.folder / "results.parquet").read_bytes()


def test_a_cluster_started_here_is_ended_again(tmp_path):
    """
    As a command of its own: when it has answered, nothing that it started is left.
    """
    arguments = ["sweep", "tiny", "--vary", "shocks.demand.depth=20 %,40 %", "--seeds", "2", "--quiet"]
    command = [sys.executable, "-m", "model", *arguments, "--cluster", "local", "--workers", "2",
               "--runs", str(tmp_path / "local")]  # fmt: skip
    done = subprocess.run(command, cwd=SCENARIOS.parent, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert main([*arguments, "--workers", "1", "--runs", str(tmp_path / "here")]) == 0
    tables = [next((tmp_path / name).glob("*/results.parquet")).read_bytes() for name in ("local", "here")]
    assert tables[0] == tables[1]


def test_where_no_scheduler_answers_one_line_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("model.experiments.cluster.SECONDS_TO_ANSWER", 0.5)
    started = time.monotonic()
    with pytest.raises(Usage, match="no scheduler answers"):
        sweep(plan(1), tmp_path, Cluster("tcp://127.0.0.1:9"))
    assert time.monotonic() - started < 30
