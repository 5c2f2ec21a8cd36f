"""The lock decides who writes in a folder."""

import os
import subprocess
import sys
import time

import pytest

from events.files import Files
from events.lock import Lock
from events.problems import Locked, Usage
from tests.shim import log_bytes, run

RACER = """
import sys
from pathlib import Path
from events.problems import Locked
from events.sink import Sink
from tests.shim import CODE, feed, genesis, toy_lines
def tell(word):
    print(word, flush=True)
for race in range(20):
    sys.stdin.readline()
    try:
        with Sink.open(Path(sys.argv[1]) / str(race), genesis(), CODE) as sink:
            tell("runs")
            sys.stdin.readline()
            feed(sink, toy_lines())
    except Locked as problem:
        tell(str(problem))
        sys.stdin.readline()
    tell("done")
"""


def test_a_second_taker_is_refused_with_the_holders_pid_and_host(tmp_path):
    lock = Lock.take(tmp_path, Files())

    with pytest.raises(Locked, match=f"process {os.getpid()} on {os.uname().nodename}") as caught:
        Lock.take(tmp_path, Files())

    assert caught.value.code == 8
    lock.release()
    Lock.take(tmp_path, Files()).release()


def test_what_a_dead_holder_signed_is_no_obstacle(tmp_path):
    (tmp_path / ".lock").write_text("1 elsewhere, a very long name that must be cut off\n")

    lock = Lock.take(tmp_path, Files())

    assert (tmp_path / ".lock").read_text() == f"{os.getpid()} {os.uname().nodename}\n"
    lock.release()


def test_a_lock_file_that_was_taken_away_is_no_longer_held(tmp_path):
    lock = Lock.take(tmp_path, Files())
    assert lock.held

    (tmp_path / ".lock").unlink()

    assert not lock.held
    lock.release()


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: os.symlink("target", path)])
def test_anything_but_a_plain_lock_file_is_refused(tmp_path, make):
    make(tmp_path / ".lock")

    with pytest.raises(Usage):
        Lock.take(tmp_path, Files())

    assert not (tmp_path / "target").exists()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_does_not_keep_the_lock(tmp_path):
    """
    The child is still alive when the parent's lock is taken by the next one.
    """
    lock = Lock.take(tmp_path, Files())
    wait, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(wait, 1)
        os._exit(0)
    try:
        # The child has surely closed its copy once it answers; until then, retry for a moment.
        lock.release()
        deadline = time.monotonic() + 5
        while True:
            try:
                Lock.take(tmp_path, Files()).release()
                break
            except Locked:
                assert time.monotonic() < deadline
    finally:
        os.close(go)
        os.close(wait)
        os.waitpid(child, 0)


def test_of_two_that_start_at_once_exactly_one_runs(tmp_path):
    """
    B4, 20 races: the other is refused within a second, names the first, and the log is whole.
    """
    run(tmp_path / "whole")
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]

    def all_go():
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()

    def all_say():
        return [racer.stdout.readline().strip() for racer in racers]

    try:
        for race in range(20):
            all_go()
            said = all_say()
            assert said.count("runs") == 1, said
            winner = racers[said.index("runs")]
            assert f"process {winner.pid} on {os.uname().nodename}" in said[1 - said.index("runs")]
            all_go()
            assert all_say() == ["done", "done"]
            assert log_bytes(tmp_path / str(race)) == log_bytes(tmp_path / "whole")
    finally:
        for racer in racers:
            racer.communicate()
    assert [racer.returncode for racer in racers] == [0, 0]
