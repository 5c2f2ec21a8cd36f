"""Rows A1, A8, A9, D6, D8 to D10 and G2 of the table of faults, on a real scenario run by the real model."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import model.run
from agents.ai_lab import AiLab
from events import index, replay, verify
from events.files import Files
from events.log import NAME, Log, read_blocks, state_digest
from events.problems import Diverged, LogDamaged, LogIncomplete
from model.cli import main
from model.run import run
from model.scenario import load

ROOT = Path(__file__).parents[2]
TINY = ROOT / "scenarios" / "tiny.yaml"
LAB_DECIDES = AiLab.decide  # as it is, before any test plants another


class Unsynced(Files):
    """Nothing is cut off here but by us, so there is no need to wait for the disk."""

    def fsync(self, fd: int) -> None:
        pass


@pytest.fixture(scope="module")
def tiny():
    return load(TINY)


@pytest.fixture(scope="module")
def whole(tiny, tmp_path_factory) -> Path:
    """The folder of an undisturbed run; to be read only."""
    return run(tiny, tmp_path_factory.mktemp("whole")).folder


def log_bytes(folder: Path) -> bytes:
    return (folder / NAME).read_bytes()


def seals(folder: Path) -> list[int]:
    """Where each block of a whole log ends, in bytes; the genesis line before the first."""
    return [*(block.offset for block in read_blocks(folder / NAME)), len(log_bytes(folder))]


def copied(whole: Path, folder: Path, size: int) -> Path:
    """A copy whose log is cut after so many bytes."""
    shutil.copytree(whole, folder)
    os.truncate(folder / NAME, size)
    return folder


def sealed(folder: Path) -> bytes:
    """The log up to its last seal, which must verify; nothing where there is no log yet."""
    if not torn(folder):
        return b""
    with Log(folder / NAME) as log:
        for _ in log:
            pass
    return log_bytes(folder)[: log.end]


def torn(folder: Path) -> bool:
    """Whether anything was written of a log."""
    return (folder / NAME).exists() and log_bytes(folder) != b""


def kept(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file's bytes and time, but for the lock's and the diagnostics'."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in (".lock", "diagnostics.jsonl"))
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def error_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1, told
    return told[0]


# --- A1: killed ------------------------------------------------------------------------------------------------------

# One interpreter that has loaded everything, and for each write of a command a fork of it that dies there by SIGKILL,
# half of the bytes written.
KILLED_AT_EVERY_WRITE = """
import json, os, signal, sys, warnings
import model.outcomes, model.run
from pathlib import Path
from events.files import Files
from model.cli import main

write, left = Files.write, 0

def killing(self, fd, data):
    global left
    if left == 0:
        os.write(fd, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return write(self, fd, data)

Files.write, Files.fsync = killing, lambda self, fd: None  # only the process dies here, not the machine
warnings.simplefilter("ignore")  # of threads at a fork; this process has none that matter
scenario, runs, ends = sys.argv[1], Path(sys.argv[2]), []
while not ends or ends[-1] == -signal.SIGKILL:
    left = len(ends)
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)
        os._exit(main(["run", scenario, "--runs", str(runs / str(left)), "--quiet", "--json"]))
    ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(ends))
"""


def script(source: str, *arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a new interpreter, from the project's folder."""
    command = [sys.executable, "-c", source, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True)


def test_a1_killed_at_any_write_the_run_is_finished_with_the_same_bytes(whole, tmp_path, monkeypatch, capsys):
    """
    By SIGKILL, half of the write on disk. Genesis, every seal, manifest, scenario, diagnostics, summary and index are
    writes.
    """
    told = script(KILLED_AT_EVERY_WRITE, TINY, tmp_path)
    assert told.returncode == 0, told.stderr
    ends = json.loads(told.stdout)
    assert ends[:-1] == [-signal.SIGKILL] * (len(ends) - 1) and ends[-1] == 0
    assert len(ends) - 1 > len(seals(whole))
    monkeypatch.setattr(Files, "fsync", Unsynced.fsync)

    for number in range(len(ends) - 1):
        runs = tmp_path / str(number)
        folder = runs / whole.name
        before = sealed(folder)
        found = "reproduced" if before == log_bytes(whole) else "resumed" if torn(folder) else "new"
        assert log_bytes(whole).startswith(before)
        if found == "resumed":
            with pytest.raises(LogIncomplete):
                replay.replay(folder)

        assert main(["run", str(TINY), "--runs", str(runs), "--quiet", "--json"]) == 0

        again = json.loads(capsys.readouterr().out)
        assert (again["outcome"], again["run"]) == (found, str(folder))
        assert log_bytes(folder) == log_bytes(whole)
        assert json.loads((folder / "manifest.json").read_text())["status"] == "complete"
        assert [(entry.name, entry.head) for entry in index.check(runs)] == [(whole.name, again["head"])]
        assert json.loads((folder / "summary.json").read_text())["head"] == again["head"]
        assert not list(runs.rglob("*.tmp"))


# `python -m model` itself, with a disk on which a write kills.
KILLED_COMMAND = """
import os, runpy, signal, sys
from events.files import Files

left, write = int(sys.argv.pop(1)), Files.write

def killing(self, fd, data):
    global left
    left -= 1
    if left < 0:
        os.write(fd, data[: len(data) // 3])
        os.kill(os.getpid(), signal.SIGKILL)
    return write(self, fd, data)

Files.write = killing
runpy.run_module("model", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("at", [random.Random(1).randrange(10, 25)])
def test_a1_a_killed_command_is_told_as_incomplete_and_run_again(whole, tmp_path, capsys, at):
    asked = ["run", str(TINY), "--runs", str(tmp_path), "--quiet", "--json"]
    assert script(KILLED_COMMAND, at, *asked).returncode == -signal.SIGKILL
    folder = tmp_path / whole.name
    last = sealed(folder).count(b'{"seq":') - 1

    assert main(["replay", str(folder)]) == 5
    assert f"sealed up to seq {last} " in error_line(capsys)
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "resumed"
    assert log_bytes(folder) == log_bytes(whole)
    assert main(["replay", str(folder)]) == 0


# --- A8: an agent raises ---------------------------------------------------------------------------------------------


class Unforeseen(Exception):
    """What an agent's author did not think of."""


def raising_in(month: tuple[int, int]):
    """A lab that raises in a month."""

    def decide(self, seen):
        if seen.month == month:
            raise Unforeseen("no such\nplan")
        return LAB_DECIDES(self, seen)

    return decide


@pytest.mark.parametrize(("month", "date", "blocks"), [((2026, 1), "2026-01-31", 0), ((2027, 4), "2027-04-30", 15)])
def test_a8_an_agent_that_raises_leaves_what_is_sealed_and_a_fixed_one_goes_on(
    whole, tmp_path, monkeypatch, capsys, month, date, blocks
):
    asked = ["run", str(TINY), "--runs", str(tmp_path), "--quiet", "--json"]
    folder = tmp_path / whole.name
    with monkeypatch.context() as planted:
        planted.setattr(AiLab, "decide", raising_in(month))
        assert main(asked[:-1]) == 70

    line = error_line(capsys)
    assert line.startswith(f"error[70] {folder}:") and "Unforeseen: no such\\nplan" in line
    assert f"lab on {date} before seq " in line
    before = sealed(folder)
    assert before.count(b'{"seal":') == blocks and log_bytes(whole).startswith(before)
    assert json.loads((folder / "manifest.json").read_text())["status"] == "failed"
    assert "Traceback" in (folder / "diagnostics.jsonl").read_text()

    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "resumed"
    assert log_bytes(folder) == log_bytes(whole)


def test_a8_the_seq_named_is_that_of_the_event_that_did_not_happen(tiny, whole, tmp_path, monkeypatch, capsys):
    """
    Events of the month before the fault were told to nobody, yet a run without the fault has them up to there.
    """
    monkeypatch.setattr(AiLab, "decide", raising_in((2027, 4)))
    main(["run", str(TINY), "--runs", str(tmp_path), "--quiet", "--json"])

    where = json.loads(capsys.readouterr().out)["error"]["where"]

    seq = int(where.rpartition(":")[2])
    line = next(line for line in log_bytes(whole).splitlines() if line.startswith(b'{"seq":%d,' % seq))
    assert json.loads(line)["date"] == "2027-04-30"


def test_a8_a_fix_that_changes_what_is_sealed_goes_to_another_folder(whole, tmp_path, monkeypatch, capsys):
    asked = ["run", str(TINY), "--runs", str(tmp_path), "--quiet", "--json"]
    with monkeypatch.context() as planted:
        planted.setattr(AiLab, "decide", raising_in((2027, 4)))
        main(asked)
    failed = tmp_path / whole.name
    before = kept(failed)
    monkeypatch.setattr(model.run, "code_digest", lambda: "f" * 64)
    monkeypatch.setattr(AiLab, "running_cents", lambda self, month, first: 1)
    capsys.readouterr()

    assert main(asked) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["run"], told["outcome"]) == (f"{failed}.2", "new")
    assert told["first_difference"].startswith("the log stored here was written by other code")
    assert kept(failed) == before


# --- A9, D6: resumed from anywhere -----------------------------------------------------------------------------------


def test_a9_whole_events_without_their_seal_are_no_part_of_the_run(tiny, whole, tmp_path, capsys):
    last_seal = log_bytes(whole).rindex(b'{"seal":')
    folder = copied(whole, tmp_path / whole.name, last_seal)
    (folder / "manifest.json").unlink()  # it says that the log was complete, which would be another matter

    assert main(["replay", str(folder)]) == 5
    assert "an unsealed tail" in error_line(capsys)
    with pytest.raises(verify.Problem) as caught:
        verify.verify(folder)
    assert caught.value.args[0] == 5
    again = run(tiny, tmp_path)
    assert again.outcome == "resumed" and log_bytes(folder) == log_bytes(whole)
    assert (folder / f"{NAME}.tail-1").read_bytes() == log_bytes(whole)[seals(whole)[-2] : last_seal]


def cuts(ends: list[int]) -> Iterator[int]:
    """Every seal of a log and, between them, a place in the middle of a block; a seeded one."""
    chosen = random.Random(6)
    for start, end in zip([0, *ends], ends, strict=False):
        yield chosen.randrange(start + 1, end)
        yield end


def test_d6_resumed_from_every_month_and_from_between_the_run_gives_the_same_bytes(tiny, whole, tmp_path):
    ends = seals(whole)
    assert len(ends) == 1 + 24 + 1  # genesis, the months, and the end of the run
    for size in list(cuts(ends))[:-1]:
        folder = copied(whole, tmp_path / str(size) / whole.name, size)

        again = run(tiny, tmp_path / str(size), Unsynced())

        assert (again.outcome, again.folder) == ("resumed", folder), size
        assert log_bytes(folder) == log_bytes(whole), size
        told = json.loads((folder / "manifest.json").read_text())
        assert (told["status"], told["head"]) == ("complete", again.head)


def test_d6_g2_a_complete_run_is_reproduced_and_no_file_is_touched(tiny, tmp_path):
    folder = run(tiny, tmp_path).folder
    before = kept(tmp_path)

    again = run(tiny, tmp_path)

    assert (again.outcome, again.folder) == ("reproduced", folder)
    assert kept(tmp_path) == before


def test_g2_the_command_run_again_touches_neither_log_nor_manifest_nor_index(tmp_path, capsys):
    asked = ["run", str(TINY), "--runs", str(tmp_path), "--quiet", "--json"]
    main(asked)
    first, before = json.loads(capsys.readouterr().out), kept(tmp_path)

    assert main(asked) == 0

    again = json.loads(capsys.readouterr().out)
    assert (again["outcome"], again["head"]) == ("reproduced", first["head"])
    assert kept(tmp_path) == before


# --- D8: the fold is the state ---------------------------------------------------------------------------------------


def test_d8_adding_up_the_postings_gives_every_months_sealed_state(whole):
    """
    With json, a Counter and a hash alone: no code of ours but the reading of blocks.
    """
    balances: Counter[tuple[str, str, str]] = Counter()
    months = 0
    for block in read_blocks(whole / NAME):
        for line in block.lines:
            for firm, account, asset, quantity in json.loads(line)["post"]:
                balances[firm, account, asset] += quantity
        held = sorted("\t".join((*key, str(n))).encode() + b"\n" for key, n in balances.items() if n)
        assert block.seal.state == hashlib.sha256(b"".join(held)).hexdigest()
        months += 1
    assert months == 25


def test_d8_the_books_until_each_month_are_those_that_were_sealed(whole):
    for block in read_blocks(whole / NAME):
        date = json.loads(block.lines[-1])["date"]
        if date == "2027-12-31":
            continue  # the month's end and the run's are both on this day, and have the same state
        assert state_digest(replay.replay(whole, until=date).books.ledger.balances) == block.seal.state


# --- D9: other code, another scenario, another seed ------------------------------------------------------------------


def other_costs(self, month, first):
    """A change of a lab's code: from 2027 on it spends a cent more."""
    return LAB_RUNNING_CENTS(self, month, first) + (month[0] >= 2027)


LAB_RUNNING_CENTS = AiLab.running_cents


def test_d9_g2_changed_code_goes_to_a_second_folder_and_says_where_they_part(tiny, tmp_path, monkeypatch):
    first = run(tiny, tmp_path).folder
    before = kept(first)
    monkeypatch.setattr(model.run, "code_digest", lambda: "f" * 64)
    monkeypatch.setattr(AiLab, "running_cents", other_costs)

    other = run(tiny, tmp_path)

    assert (other.outcome, other.folder.name) == ("new", f"{first.name}.2")
    assert kept(first) == before
    parted = zip(log_bytes(first).splitlines(), log_bytes(other.folder).splitlines(), strict=False)
    old, new = next(lines for lines in parted if lines[0] != lines[1])
    seq = json.loads(old)["seq"]
    assert f"first difference at seq {seq}: stored {old.decode()[:60]}" in other.first_difference
    assert f" new {new.decode()[:60]}" in other.first_difference
    # And again: the second folder is the one that this code reproduces.
    again = run(tiny, tmp_path)
    assert (again.outcome, again.folder) == ("reproduced", other.folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == [first.name, f"{first.name}.2"]


def test_d9_changed_code_that_says_the_same_reproduces_the_log_where_it_is(tiny, tmp_path, monkeypatch):
    first = run(tiny, tmp_path)
    before = kept(tmp_path)
    monkeypatch.setattr(model.run, "code_digest", lambda: "f" * 64)

    again = run(tiny, tmp_path)

    assert (again.outcome, again.folder, again.first_difference) == ("reproduced", first.folder, "")
    assert kept(tmp_path) == before


@pytest.mark.parametrize(
    ("change", "fields"),
    [("seed=2", ("scenario_sha256", "seed")), ("distress.stay_quarters=2", ("scenario_sha256",))],
)
def test_d9_another_scenario_or_seed_never_overwrites_a_log_that_stands_in_its_place(
    tiny, whole, tmp_path, change, fields
):
    """
    A folder is named after its scenario's digest, so somebody must have renamed one.
    """
    changed = load(TINY, [change])
    taken = tmp_path / f"tiny-{changed.digest[:8]}"
    shutil.copytree(whole, taken)
    before = kept(taken)

    other = run(changed, tmp_path)

    assert (other.outcome, other.folder.name) == ("new", f"{taken.name}.2")
    for name in fields:
        assert f"{name} (stored " in other.first_difference
    assert other.first_difference.count("(stored ") == len(fields)
    assert kept(taken) == before


def test_d9_a_rerun_by_another_model_lists_the_fields_of_genesis_that_differ(whole, tmp_path, monkeypatch, capsys):
    folder = tmp_path / whole.name
    shutil.copytree(whole, folder)
    before = kept(folder)
    monkeypatch.setattr(model.run, "MODEL", model.run.MODEL + 1)
    monkeypatch.setattr(model.run, "POLICY", model.run.POLICY + 1)
    monkeypatch.setattr(model.run, "code_digest", lambda: "f" * 64)

    assert main(["replay", str(folder), "--rerun", "--quiet"]) == 6

    assert "its genesis differs in model, policy" in error_line(capsys)
    assert kept(folder) == before


def test_d9_a_rerun_by_other_code_names_the_first_difference(whole, tmp_path, monkeypatch, capsys):
    folder = tmp_path / whole.name
    shutil.copytree(whole, folder)
    before = kept(folder)
    monkeypatch.setattr(model.run, "code_digest", lambda: "f" * 64)
    monkeypatch.setattr(AiLab, "running_cents", other_costs)

    assert main(["replay", str(folder), "--rerun", "--quiet", "--json"]) == 6

    told = json.loads(capsys.readouterr().out)
    assert told["first_difference"]["seq"] > 0
    assert told["first_difference"]["stored"] != told["first_difference"]["new"]
    assert kept(folder) == before


def test_d9_a_scenario_changed_beside_its_log_is_refused_before_anything_runs(whole, tmp_path, capsys):
    folder = tmp_path / whole.name
    shutil.copytree(whole, folder)
    (folder / "scenario.json").write_bytes(load(TINY, ["seed=2"]).resolved)

    assert main(["replay", str(folder), "--rerun", "--quiet"]) == 4

    assert "scenario" in error_line(capsys)


# --- D10: what is planted must be found ------------------------------------------------------------------------------

# A lab that looks at the clock, and one whose order of doing things is that of a set of strings.
PLANTED = {
    "clock": "lambda self, month, first: running(self, month, first) + time.time_ns() % 1_000_003",
    "set": "lambda self, month, first: running(self, month, first) + [*{*'abcdefgh'}].index('c')",
}
CANARY = """
import sys, time
from agents.ai_lab import AiLab
from model.cli import main

running = AiLab.running_cents
AiLab.running_cents = {planted}
sys.exit(main(sys.argv[1:]))
"""


def demand_caught(told: subprocess.CompletedProcess[str], folder: Path, before: dict) -> None:
    """Code 6, one line that names the first event that differs and shows both, and the stored log as it was."""
    assert told.returncode == 6, told.stderr
    (line,) = told.stderr.splitlines()
    assert line.startswith(f"error[6] {folder / NAME}: the same code and scenario gave another log")
    number = line.partition("first difference at seq ")[2].partition(":")[0]
    stored = next(each for each in log_bytes(folder).splitlines() if each.startswith(b'{"seq":%s,' % number.encode()))
    old, new = line.partition("stored ")[2].split(" new ", 1)
    assert stored.decode().startswith(old.partition("…")[0]) and new.startswith(f'{{"seq":{number},')
    assert old != new.partition("; ")[0]
    assert kept(folder) == before


@pytest.mark.parametrize("planted", PLANTED)
def test_d10_a_lab_that_reads_the_clock_or_iterates_a_set_is_caught(tmp_path, planted):
    source = CANARY.format(planted=PLANTED[planted])
    asked = ["run", TINY, "--runs", tmp_path, "--quiet"]
    first = script(source, *asked, PYTHONHASHSEED="1")
    assert first.returncode == 0, first.stderr
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    before = kept(folder)

    demand_caught(script(source, *asked, PYTHONHASHSEED="2"), folder, before)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [folder.name]


def test_d10_a_rerun_catches_it_too(whole, tmp_path, monkeypatch, capsys):
    folder = tmp_path / whole.name
    shutil.copytree(whole, folder)
    before = kept(folder)
    ticks = iter(range(1000))
    monkeypatch.setattr(AiLab, "running_cents", lambda *asked: LAB_RUNNING_CENTS(*asked) + next(ticks))

    assert main(["replay", str(folder), "--rerun", "--quiet"]) == 6

    assert "something reads a clock, a hash or a set's order" in error_line(capsys)
    assert kept(folder) == before


def test_d10_a_resumed_run_that_parts_from_what_is_stored_changes_nothing(tiny, whole, tmp_path, monkeypatch):
    folder = copied(whole, tmp_path / whole.name, seals(whole)[20])
    before = log_bytes(folder)
    ticks = iter(range(1000))
    monkeypatch.setattr(AiLab, "running_cents", lambda *asked: LAB_RUNNING_CENTS(*asked) + next(ticks))

    with pytest.raises(Diverged) as caught:
        run(tiny, tmp_path)

    assert caught.value.difference.seq >= 0
    assert log_bytes(folder) == before


def test_a_scenario_changed_beside_its_log_is_not_passed_over(whole, tmp_path, tiny):
    """
    Running again says 4 and names the file; nothing is repaired in silence.
    """
    folder = tmp_path / whole.name
    shutil.copytree(whole, folder)
    (folder / "scenario.json").write_text("{}")

    with pytest.raises(LogDamaged, match="not the scenario that the log beside it was run from"):
        run(tiny, tmp_path)
    assert (folder / "scenario.json").read_text() == "{}"
    assert log_bytes(folder) == log_bytes(whole)
