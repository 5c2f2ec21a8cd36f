"""One sink starts, resumes and reproduces a log, and never overwrites a different one."""

import json
import os

import pytest

from events.log import Log, Seal
from events.problems import Diverged, LogDamaged, OtherHistory, OutputFailed, Problem, Stopped
from events.sink import Sink, next_folder
from tests.shim import CODE, STATE, Shim, event, feed, genesis, log_bytes, run, toy_lines

OTHER_CODE = "d" * 64


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


def test_blocks_end_at_months_at_the_event_limit_and_at_the_byte_limit(tmp_path):
    """
    The toy reaches each; a closing event that also fills its block gets one seal, with the state.
    """
    run(tmp_path / "run")

    with Log(tmp_path / "run" / "events.jsonl") as log:
        table = [(block.seal.count, bool(block.seal.state), block.seal.bytes >= 600) for block in log]
    assert table == [(2, True, False), (4, False, False), (1, True, False), (1, False, True), (3, True, False)]


def test_a_closing_event_at_the_limit_is_sealed_once_with_the_state(tmp_path):
    lines = [(event(0, 1), "2025-01-28", False), (event(1, 1, "RunEnded"), "2025-01-28", True)]

    sink = run(tmp_path / "run", lines=lines, block_events=2)

    assert sink.blocks == 1
    assert log_bytes(tmp_path / "run").count(b'{"seal":') == 1


def test_a_new_run_ends_complete_and_its_manifest_says_what_the_log_says(tmp_path):
    sink = run(tmp_path / "run")

    stated = manifest_of(tmp_path / "run")
    assert sink.outcome == "new"
    assert (stated["status"], stated["head"], stated["events"]) == ("complete", sink.head, 11)
    assert Seal.decode(log_bytes(tmp_path / "run").splitlines(keepends=True)[-1]).hash == sink.head
    assert stated["bytes"] == len(log_bytes(tmp_path / "run"))


def test_a_whole_log_is_reproduced_and_nothing_is_written(tmp_path):
    first = run(tmp_path / "run")
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "run").glob("[!.]*")}

    again = run(tmp_path / "run")

    assert (again.outcome, again.head, again.events) == ("reproduced", first.head, first.events)
    after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "run").glob("[!.]*")}
    assert after == before


@pytest.mark.parametrize("stop_after", range(11))
@pytest.mark.parametrize(
    ("stopped_by", "status"),
    [(KeyboardInterrupt(), "interrupted"), (Stopped("told"), "interrupted"), (KeyError(), "failed")],
)
def test_a_run_stopped_anywhere_keeps_its_sealed_blocks_and_resumes_to_the_same_bytes(
    tmp_path, stop_after, stopped_by, status
):
    """
    Nothing is added by the stop, and no seal.
    """
    run(tmp_path / "whole")
    whole = log_bytes(tmp_path / "whole")

    with pytest.raises(type(stopped_by)), Sink.open(tmp_path / "run", genesis(), CODE) as sink:
        feed(sink, list(toy_lines())[:stop_after])
        raise stopped_by

    assert whole.startswith(log_bytes(tmp_path / "run"))
    stated = manifest_of(tmp_path / "run")
    assert (stated["status"], stated["events"], stated["bytes"]) == (
        status,
        sink.events,
        len(log_bytes(tmp_path / "run")),
    )
    assert run(tmp_path / "run").outcome == "resumed"
    assert log_bytes(tmp_path / "run") == whole
    assert manifest_of(tmp_path / "run")["status"] == "complete"


def test_a_signal_in_the_middle_of_a_write_leaves_whole_blocks_only(tmp_path):
    class Interrupting(Shim):
        def write(self, fd, data):
            if self.calls.count("write") == 6 and not self.hit:
                self.hit = True
                os.write(fd, data[: len(data) // 2])
                raise KeyboardInterrupt
            return super().write(fd, data)

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "run", Interrupting())

    with Log(tmp_path / "run" / "events.jsonl") as log:
        blocks = list(log)
    assert blocks and log.tail.kind == ""
    assert manifest_of(tmp_path / "run")["status"] == "interrupted"


def test_the_same_code_telling_another_story_has_diverged(tmp_path):
    """
    Both lines and the sequence number are named, and the stored log stays.
    """
    run(tmp_path / "run")
    before = log_bytes(tmp_path / "run"), manifest_of(tmp_path / "run")

    with pytest.raises(Diverged) as caught:
        run(tmp_path / "run", lines=toy_lines(odd=4))

    difference = caught.value.difference
    assert difference.seq == 4
    assert difference.stored == event(4, 2).decode().rstrip()
    assert difference.new == event(4, 2, text="odd").decode().rstrip()
    assert caught.value.code == 6 and difference.new in str(caught.value)
    assert (log_bytes(tmp_path / "run"), manifest_of(tmp_path / "run")) == before


def test_a_difference_far_along_a_long_line_is_shown(tmp_path):
    lines = list(toy_lines())
    long = [(event(0, 1, text="z" * 400 + "A"), *lines[0][1:]), *lines[1:]]
    other = [(event(0, 1, text="z" * 400 + "B"), *lines[0][1:]), *lines[1:]]
    run(tmp_path / "run", lines=long)

    with pytest.raises(Diverged) as caught:
        run(tmp_path / "run", lines=other)

    assert 'A"' in caught.value.difference.stored and 'B"' in caught.value.difference.new
    assert len(caught.value.difference.new) <= 200


def test_a_state_that_differs_is_a_difference_at_the_seal(tmp_path):
    run(tmp_path / "run")

    with pytest.raises(Diverged, match="seal"), Sink.open(tmp_path / "run", genesis(), CODE) as sink:
        sink.append(*next(lines := toy_lines()))
        sink.append(*next(lines))
        sink.seal("6" * 64)


def test_other_code_telling_another_story_goes_to_the_next_folder(tmp_path):
    run(tmp_path / "run")
    before = log_bytes(tmp_path / "run"), manifest_of(tmp_path / "run")

    with pytest.raises(OtherHistory) as caught:
        run(tmp_path / "run", code=OTHER_CODE, lines=toy_lines(odd=4))

    assert caught.value.difference.seq == 4
    assert (log_bytes(tmp_path / "run"), manifest_of(tmp_path / "run")) == before
    folder = next_folder(tmp_path / "run", genesis(), OTHER_CODE)
    assert folder == tmp_path / "run.2"
    assert run(folder, code=OTHER_CODE, lines=toy_lines(odd=4)).outcome == "new"
    assert next_folder(tmp_path / "run", genesis(), OTHER_CODE) == tmp_path / "run.2"
    assert next_folder(tmp_path / "run", genesis(), "e" * 64) == tmp_path / "run.3"
    assert next_folder(tmp_path / "run", genesis(seed=8), OTHER_CODE) == tmp_path / "run.3"


def test_other_code_telling_the_same_story_continues_it_and_signs_the_manifest(tmp_path):
    with pytest.raises(KeyError), Sink.open(tmp_path / "run", genesis(), CODE) as sink:
        feed(sink, list(toy_lines())[:5])
        raise KeyError

    assert run(tmp_path / "run", code=OTHER_CODE).outcome == "resumed"
    assert manifest_of(tmp_path / "run")["code_digest"] == OTHER_CODE


def test_another_genesis_is_another_history_and_its_fields_are_named(tmp_path):
    run(tmp_path / "run")

    with pytest.raises(OtherHistory) as caught:
        run(tmp_path / "run", seed=8, model=2)

    assert caught.value.fields == ("model", "seed")
    assert "seed (stored 7, new 8)" in str(caught.value)


def test_a_story_that_stops_short_of_the_stored_end_is_a_difference(tmp_path):
    run(tmp_path / "run")

    with pytest.raises(Diverged, match="ends here"):
        run(tmp_path / "run", lines=list(toy_lines())[:2])


def test_a_story_shorter_or_longer_than_the_stored_one_is_a_difference(tmp_path):
    run(tmp_path / "run")

    for months in (2, 4):
        with pytest.raises(Diverged):
            run(tmp_path / "run", lines=toy_lines(months))


def test_damage_before_the_last_seal_stops_before_anything_is_changed(tmp_path):
    run(tmp_path / "run")
    path = tmp_path / "run" / "events.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"seq":1,', b'"seq":2,') + b"torn")
    before = path.read_bytes()

    with pytest.raises(LogDamaged, match="block 0"):
        run(tmp_path / "run")

    assert path.read_bytes() == before
    assert not list((tmp_path / "run").glob("*.tail-*"))


def test_side_files_of_tails_are_numbered_and_kept(tmp_path):
    run(tmp_path / "run")
    path = tmp_path / "run" / "events.jsonl"
    for tail in (b"one", b"two"):
        path.write_bytes(path.read_bytes() + tail)
        assert run(tmp_path / "run").outcome == "resumed"

    assert (tmp_path / "run" / "events.jsonl.tail-1").read_bytes() == b"one"
    assert (tmp_path / "run" / "events.jsonl.tail-2").read_bytes() == b"two"


def test_a_tail_stays_where_it_is_when_the_stored_history_is_another(tmp_path):
    run(tmp_path / "run")
    path = tmp_path / "run" / "events.jsonl"
    path.write_bytes(path.read_bytes() + b"torn")
    before = path.read_bytes()

    with pytest.raises(OtherHistory):
        run(tmp_path / "run", code=OTHER_CODE, lines=toy_lines(odd=4))

    assert path.read_bytes() == before


def test_a_month_that_closed_must_be_sealed_before_anything_follows(tmp_path):
    with pytest.raises(Problem), Sink.open(tmp_path / "run", genesis(), CODE) as sink:
        sink.append(event(0, 1, "MonthClosed"), "2025-01-28", True)
        sink.append(event(1, 2), "2025-02-28", False)


@pytest.mark.parametrize("line", [b'{"seq":0}', b'{"seq":0}\n\n', event(0, 1, text="w" * 65_536)])
def test_a_line_that_the_format_forbids_is_refused_at_the_seal(tmp_path, line):
    with pytest.raises(Problem, match="65536"), Sink.open(tmp_path / "run", genesis(block_events=1), CODE) as sink:
        sink.append(line, "2025-01-28", False)

    with Log(tmp_path / "run" / "events.jsonl") as log:
        assert list(log) == []


def test_nothing_may_follow_the_end_of_a_run_and_no_seal_comes_twice(tmp_path):
    with pytest.raises(Problem), Sink.open(tmp_path / "run", genesis(), CODE) as sink:
        feed(sink, toy_lines())
        with pytest.raises(Problem):
            sink.seal(STATE)
        sink.append(event(11, 3), "2025-03-28", False)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_writes_nothing_into_its_parents_log(tmp_path):
    with Sink.open(tmp_path / "run", genesis(), CODE) as sink:
        lines = list(toy_lines())
        sink.append(*lines[0])
        child = os.fork()
        if child == 0:
            refused = 1
            try:
                with sink:
                    sink.append(*lines[1])
                    sink.seal(STATE)
            except OutputFailed:
                refused = 0
            finally:
                os._exit(refused)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        feed(sink, lines[1:])

    run(tmp_path / "whole")
    assert log_bytes(tmp_path / "run") == log_bytes(tmp_path / "whole")
