"""Rows A and B of the table of faults that a toy run can show: crashes, torn writes, full disks, odd paths.

Nothing sealed is lost, and the log after recovery has the bytes of an undisturbed run.
"""

import os
import shutil

import pytest

from events import manifest
from events.files import Files
from events.log import Log
from events.problems import LogDamaged, OutputFailed, Problem, Usage
from events.sink import Sink
from tests.shim import CODE, Killed, Shim, feed, genesis, log_bytes, run, toy_lines


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The log of an undisturbed run."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    run(folder)
    return log_bytes(folder)


def run_into(folder, shim):
    """Run until done or until the trouble strikes; what was raised, or None."""
    try:
        run(folder, shim)
    except (Killed, Problem) as trouble:
        return trouble
    finally:
        if shim.dead:
            shim.bury()
    return None


def sealed(folder):
    """The bytes of the log up to its last seal, which must verify; none where there is no log yet."""
    path = folder / "events.jsonl"
    if not path.exists() or not path.stat().st_size:
        return b""
    with Log(path) as log:
        for _ in log:
            pass
    return path.read_bytes()[: log.end]


def calls_of_a_whole_run(folder):
    shim = Shim()
    run(folder, shim)
    return len(shim.calls)


def test_a1_killed_at_any_call_a_run_resumes_to_the_same_bytes(tmp_path, whole):
    """
    A5 too: calls are opens, halved writes, syncs and renames, those of the manifest among them.
    """
    for at in range(calls_of_a_whole_run(tmp_path / "counted")):
        folder = tmp_path / str(at)
        assert isinstance(run_into(folder, Shim(at)), Killed)
        assert whole.startswith(sealed(folder))

        run(folder)

        assert log_bytes(folder) == whole
        assert manifest.read(folder).status == "complete"
        assert not list(folder.glob("*.tmp"))


def test_a1_killed_again_at_any_call_of_the_resuming_run(tmp_path, whole):
    """
    The first death leaves a torn tail behind, so that setting it aside is interrupted too.
    """
    died = tmp_path / "died"
    assert isinstance(run_into(died, Shim(4, only=("write",))), Killed)
    at = 0
    while True:
        folder = tmp_path / str(at)
        shutil.copytree(died, folder)
        if run_into(folder, Shim(at)) is None:
            break
        assert whole.startswith(sealed(folder))
        run(folder)
        assert log_bytes(folder) == whole
        at += 1
    assert at > 15


class Unsynced(Files):
    """Nothing is cut off here but by us, so there is no need to wait for the disk."""

    def fsync(self, fd):
        pass


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.slow)])
def test_a2_cut_at_every_byte_a_log_resumes_to_the_same_bytes(tmp_path, whole, step):
    """
    At a sample of them by default, the bytes around every line's end among them.
    """
    run(tmp_path / "run")
    path = tmp_path / "run" / "events.jsonl"
    for size in range(len(whole)):
        if size % step and b"\n" not in whole[max(0, size - 2) : size + 1]:
            continue
        os.truncate(path, size)
        before = sealed(tmp_path / "run")

        run(tmp_path / "run", Unsynced())

        assert whole.startswith(before)
        assert log_bytes(tmp_path / "run") == whole
        for side in (tmp_path / "run").glob("*.tail-*"):
            side.unlink()


@pytest.mark.parametrize("zeros", [1, 2, 511, 512, 4096])
@pytest.mark.parametrize("after_blocks", [1, 3, 5])
def test_a3_a_tail_of_zeros_is_named_and_resumed_over(tmp_path, whole, zeros, after_blocks):
    run(tmp_path)
    path = tmp_path / "events.jsonl"
    with Log(path) as log:
        ends = [*[block.offset for block in log][1:], log.end]
    path.write_bytes(whole[: ends[after_blocks - 1]] + b"\0" * zeros)

    with Log(path) as log:
        assert len(list(log)) == after_blocks
        assert (log.tail.kind, log.tail.bytes) == ("zeros", zeros)
        with pytest.raises(Problem, match="zero-filled tail") as caught:
            log.demand_complete()
    assert caught.value.code == 5
    assert run(tmp_path).outcome == "resumed"
    assert log_bytes(tmp_path) == whole
    assert (tmp_path / "events.jsonl.tail-1").read_bytes() == b"\0" * zeros


@pytest.mark.parametrize("cut", ["rename", "fsync"])
def test_a5_a_manifest_is_the_old_or_the_new_one_whole(tmp_path, whole, cut):
    """
    The last rename is that of the manifest that says complete; the last sync is that of its folder.
    """
    counted = Shim(only=(cut,))
    run(tmp_path / "counted", counted)
    folder = tmp_path / "run"

    assert isinstance(run_into(folder, Shim(counted.counted - 1, only=(cut,))), Killed)

    assert manifest.read(folder).status == {"rename": "running", "fsync": "complete"}[cut]
    assert (folder / "manifest.json.tmp").exists() == (cut == "rename")
    assert log_bytes(folder) == whole
    assert run(folder).outcome == "reproduced"
    assert manifest.read(folder).status == "complete"
    assert not (folder / "manifest.json.tmp").exists()
    assert log_bytes(folder) == whole


def test_a9_whole_events_without_a_seal_are_no_part_of_the_run(tmp_path, whole):
    run(tmp_path)
    path = tmp_path / "events.jsonl"
    last_seal = whole.rindex(b'{"seal":')
    path.write_bytes(whole[:last_seal])

    with Log(path) as log:
        assert sum(len(block.lines) for block in log) == log.events == 8
        assert (log.tail.kind, log.tail.events) == ("unsealed", 3)
        with pytest.raises(Problem, match="sealed up to seq 7") as caught:
            log.demand_complete()
    assert caught.value.code == 5
    assert run(tmp_path).outcome == "resumed"
    assert log_bytes(tmp_path) == whole


@pytest.mark.parametrize("trouble", ["full", "broken"])
def test_b1_a_disk_that_refuses_any_call_stops_the_run_and_loses_nothing(tmp_path, whole, trouble):
    """
    74 with the space left and the file; once it has refused a write or sync, nothing more is tried.
    """
    for at in range(calls_of_a_whole_run(tmp_path / "counted")):
        folder, shim = tmp_path / str(at), Shim(at, trouble)
        refused = run_into(folder, shim)

        assert isinstance(refused, OutputFailed) and refused.code == 74, (at, refused)
        assert "bytes free" in str(refused) and str(tmp_path) in refused.where
        assert [call for call in shim.calls[at + 1 :] if call in ("write", "fsync", "rename")] == []
        assert whole.startswith(sealed(folder))
        run(folder)
        assert log_bytes(folder) == whole


def test_b1_a_disk_that_is_really_full(tmp_path, whole):
    class OntoFull(Shim):
        """Writes to the log go to the device that is always full."""

        def write(self, fd, data):
            if not data.tobytes().startswith(b'{"seq"'):
                return super().write(fd, data)
            with open("/dev/full", "wb", buffering=0) as full:
                return full.write(data)

    with pytest.raises(OutputFailed, match="No space left"):
        run(tmp_path / "run", OntoFull())

    run(tmp_path / "run")
    assert log_bytes(tmp_path / "run") == whole


def test_b2_a_folder_that_takes_no_writes_stops_before_the_first_event(tmp_path):
    class ReadOnly(Files):
        def open(self, path, flags):
            if flags & (os.O_CREAT | os.O_RDWR | os.O_WRONLY):
                raise PermissionError(13, "Permission denied")
            return super().open(path, flags)

    with pytest.raises(OutputFailed, match="Permission denied"):
        Sink.open(tmp_path, genesis(), CODE, ReadOnly())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("new_one", [False, True])
def test_b3_a_folder_that_vanishes_stops_the_run_at_the_next_seal(tmp_path, whole, new_one):
    """
    No folder is made in its place, and nothing is written into one that is.
    """
    folder, lines = tmp_path / "run", list(toy_lines())
    with pytest.raises(OutputFailed, match="moved or removed") as caught, Sink.open(folder, genesis(), CODE) as sink:
        feed(sink, lines[:3])
        folder.rename(tmp_path / "moved")
        if new_one:
            folder.mkdir()
        feed(sink, lines[3:])

    assert caught.value.code == 74
    assert folder.exists() == new_one and not (new_one and list(folder.iterdir()))
    assert sink.blocks == 1
    run(tmp_path / "moved")
    assert log_bytes(tmp_path / "moved") == whole


def test_b3_a_folder_deleted_before_the_end_is_noticed_at_close(tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(OutputFailed), Sink.open(folder, genesis(), CODE) as sink:
        feed(sink, toy_lines())
        shutil.rmtree(folder)

    assert not folder.exists()


@pytest.mark.parametrize("name", ["events.jsonl", "manifest.json", ".lock"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("../target", path)])
def test_b5_links_pipes_and_folders_in_place_of_a_file_are_refused(tmp_path, name, make):
    target = tmp_path / "target"
    target.write_bytes(b"precious")
    (tmp_path / "run").mkdir()
    make(tmp_path / "run" / name)

    with pytest.raises(Usage, match="only a plain file"):
        run(tmp_path / "run")

    assert target.read_bytes() == b"precious"
    assert {path.name for path in (tmp_path / "run").iterdir()} <= {name, ".lock"}


@pytest.mark.parametrize("there", ["folder", "nothing", "file"])
def test_b5_a_link_in_place_of_the_folder_is_refused(tmp_path, there):
    target = tmp_path / "target"
    if there == "folder":
        target.mkdir()
    elif there == "file":
        target.write_bytes(b"precious")
    (tmp_path / "run").symlink_to(target)

    with pytest.raises(Usage, match="only a folder"):
        run(tmp_path / "run")

    assert target.exists() == (there != "nothing")
    assert there != "folder" or list(target.iterdir()) == []


def test_b5_a_link_planted_as_the_manifests_temporary_is_removed_and_not_followed(tmp_path):
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json.tmp").symlink_to(tmp_path / "target")

    run(tmp_path / "run")

    assert (tmp_path / "target").read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["with space", "new\nline", "n" * 255, os.fsdecode(b"\xff\xfe")])
def test_b7_any_name_the_disk_allows_works(tmp_path, name, whole):
    run(tmp_path / name)

    assert log_bytes(tmp_path / name) == whole


@pytest.mark.parametrize("name", ["n" * 256, "zero\0byte"])
def test_b7_a_name_the_disk_does_not_allow_is_a_wrong_path(tmp_path, name):
    with pytest.raises(Usage) as caught:
        run(tmp_path / name)

    assert "\0" not in caught.value.line and "\n" not in caught.value.line


@pytest.mark.parametrize("most", [1, 7, 100])
def test_b9_a_kernel_that_accepts_fewer_bytes_gets_the_rest_again(tmp_path, whole, most):
    run(tmp_path, Shim(most=most))

    assert log_bytes(tmp_path) == whole


@pytest.mark.parametrize("meddle", ["cut", "empty", "add"])
def test_a_log_that_another_program_changes_during_the_run_gets_no_further_seal(tmp_path, meddle):
    """What we wrote after it would stand on bytes that are not ours."""
    folder, lines = tmp_path / "run", list(toy_lines())
    log = folder / "events.jsonl"
    with pytest.raises(LogDamaged, match="by another program") as caught, Sink.open(folder, genesis(), CODE) as sink:
        feed(sink, lines[:3])
        if meddle == "add":
            with log.open("ab") as other:
                other.write(b"junk\n")
        else:
            os.truncate(log, 0 if meddle == "empty" else log.stat().st_size - 100)
        changed = log.read_bytes()
        feed(sink, lines[3:])

    assert caught.value.code == 4
    assert log.read_bytes() == changed
