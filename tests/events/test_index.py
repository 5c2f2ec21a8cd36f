"""The index of runs: heads kept apart from their logs, in a chain that shows every change."""

import multiprocessing

import pytest

from events import index
from events.problems import LogDamaged, OutputFailed, Usage
from events.replay import replay
from tests import real_log

HEADS = {name: f"{number:064x}" for number, name in enumerate(("base", "bubble", "base.2"), start=1)}


def add(runs, name, head=""):
    return index.append(runs, name=name, head=head or HEADS[name], events=12, scenario="real")


@pytest.fixture
def runs(tmp_path):
    for name in HEADS:
        add(tmp_path / "runs", name)
    return tmp_path / "runs"


def test_a_run_is_found_by_its_newest_head(runs):
    assert index.find(runs, "bubble") == HEADS["bubble"]
    add(runs, "bubble", "f" * 64)
    assert index.find(runs, "bubble") == "f" * 64
    assert index.find(runs, "unknown") is None
    assert [entry.name for entry in index.check(runs)] == ["base", "bubble", "base.2", "bubble"]


def test_where_there_is_no_index_no_run_is_known(tmp_path):
    assert index.find(tmp_path, "base") is None
    assert index.check(tmp_path) == []


def test_saying_the_same_again_writes_nothing(runs):
    before = (runs / index.NAME).read_bytes()
    assert add(runs, "bubble").head == HEADS["bubble"]
    assert (runs / index.NAME).read_bytes() == before


def test_the_head_of_a_real_run_anchors_its_log(tmp_path):
    told = replay(real_log.run(tmp_path / "runs" / "real"))
    index.append(tmp_path / "runs", name="real", head=told.head, events=told.events, scenario=told.genesis.scenario)
    assert replay(tmp_path / "runs" / "real", head=index.find(tmp_path / "runs", "real")).level == "anchored"


def test_a_torn_last_line_is_no_entry_and_the_next_one_replaces_it(runs):
    path = runs / index.NAME
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"name":"torn","he')
    assert len(index.check(runs)) == 3
    add(runs, "base", "e" * 64)
    assert path.read_bytes().startswith(whole + b'{"name":"base"')
    assert len(index.check(runs)) == 4


def test_every_flipped_bit_shows(runs):
    """
    But the last line feed, without which the last line counts as torn.
    """
    path = runs / index.NAME
    whole = path.read_bytes()
    for bit in range(0, 8 * (len(whole) - 1), 5):
        at = bit // 8
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit % 8]) + whole[at + 1 :])
        with pytest.raises(LogDamaged):
            index.check(runs)


def test_lines_lost_doubled_or_swapped_show(runs):
    path = runs / index.NAME
    first, second, third = path.read_bytes().splitlines(keepends=True)
    for lines in ([second, third], [first, third], [first, first, second, third], [second, first, third]):
        path.write_bytes(b"".join(lines))
        with pytest.raises(LogDamaged, match="does not follow"):
            index.check(runs)
        with pytest.raises(LogDamaged):
            add(runs, "base", "e" * 64)
        assert path.read_bytes() == b"".join(lines)


def test_an_index_that_is_a_link_or_a_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"")
    (tmp_path / index.NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Usage):
        add(tmp_path, "base")
    assert (tmp_path / "elsewhere").read_bytes() == b""


def test_a_full_disk_is_one_line(tmp_path):
    class Full(index.Files):
        def write(self, fd, data):
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputFailed, match="No space left"):
        index.append(tmp_path, name="base", head="0" * 64, events=1, scenario="s", files=Full())


def test_runs_that_end_together_each_get_their_line(tmp_path):
    barrier = multiprocessing.Barrier(8)
    processes = [multiprocessing.Process(target=_add_ten, args=(tmp_path, number, barrier)) for number in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    names = {entry.name for entry in index.check(tmp_path)}
    assert names == {f"{number}-{each}" for number in range(8) for each in range(10)}
    assert all(process.exitcode == 0 for process in processes)


def _add_ten(runs, number, barrier):
    barrier.wait()
    for each in range(10):
        index.append(runs, name=f"{number}-{each}", head="a" * 64, events=1, scenario="s")
