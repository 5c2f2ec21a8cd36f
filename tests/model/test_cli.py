"""The commands as a person or a program meets them: what they answer, where they write, and what they load."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model.cli import main
from model.run import MODEL

ROOT = Path(__file__).parents[2]
TINY = str(ROOT / "scenarios" / "tiny.yaml")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder with one run of the tiny world."""
    runs = tmp_path_factory.mktemp("runs")
    assert main(["run", TINY, "--quiet", "--json", "--runs", str(runs)]) == 0
    return runs


@pytest.fixture
def runs(kept, tmp_path):
    """A copy of it that a test may spoil."""
    return Path(shutil.copytree(kept, tmp_path / "runs"))


@pytest.fixture
def asked(capsys):
    """Runs a command with --json; returns its code and its object."""

    def ask(*arguments, runs):
        capsys.readouterr()
        code = main([*arguments, "--json", "--runs", str(runs)])
        return code, json.loads(capsys.readouterr().out)

    return ask


def only_run(runs):
    (folder,) = (path for path in runs.iterdir() if path.is_dir())
    return folder


def test_a_run_says_where_it_is_and_what_it_came_to(tmp_path, asked):
    code, found = asked("run", TINY, "--quiet", runs=tmp_path)

    assert code == 0
    assert {"run", "head", "events", "seconds", "outcome", "defaults", "outcomes"} <= found.keys()
    assert found["outcome"] == "new"
    assert Path(found["run"]) == only_run(tmp_path)
    assert len(found["head"]) == 64


def test_a_summary_and_an_entry_of_the_index_are_kept(runs):
    folder = only_run(runs)

    summary = json.loads((folder / "summary.json").read_text())
    (entry,) = map(json.loads, (runs / "index.jsonl").read_text().splitlines())
    assert summary["head"] == entry["head"]
    assert entry["name"] == folder.name
    assert summary["outcomes"]["misses"] >= 0
    assert "seconds" not in summary


def test_the_same_again_is_reproduced_and_nothing_changes(runs, asked):
    before = contents(runs)

    code, found = asked("run", TINY, "--quiet", runs=runs)

    assert (code, found["outcome"]) == (0, "reproduced")
    assert contents(runs) == before


def test_a_change_or_another_seed_is_another_run(runs, asked):
    for change in (["--set", "shocks.demand.depth=60 %"], ["--seed", "7"]):
        code, found = asked("run", TINY, "--quiet", *change, runs=runs)
        assert (code, found["outcome"]) == (0, "new")

    assert len([path for path in runs.iterdir() if path.is_dir()]) == 3


@pytest.mark.parametrize("name", ["last", "tiny", "path", "log"])
def test_a_run_is_named_by_path_beginning_or_last(runs, asked, name):
    folder = only_run(runs)
    argument = {"path": str(folder), "log": str(folder / "events.jsonl")}.get(name, name)

    code, found = asked("replay", argument, runs=runs)

    assert (code, found["level"], found["problems"]) == (0, "anchored", [])


def test_last_is_the_newest_by_the_index(runs, asked):
    _, newer = asked("run", TINY, "--quiet", "--seed", "7", runs=runs)

    _, found = asked("replay", "last", runs=runs)

    assert found["head"] == newer["head"]


def test_a_beginning_that_two_runs_share_names_neither(runs, asked):
    asked("run", TINY, "--quiet", "--seed", "7", runs=runs)

    code, found = asked("replay", "tiny", runs=runs)

    assert code == 2
    assert "2 runs" in found["error"]["message"]


def test_without_an_index_a_log_is_consistent_with_itself_only(runs, asked):
    (runs / "index.jsonl").unlink()

    _, found = asked("replay", "tiny", runs=runs)
    assert found["level"] == "self-consistent"

    _, anchored = asked("replay", "tiny", "--head", found["head"], runs=runs)
    assert anchored["level"] == "anchored"


def test_another_head_than_the_one_known_is_an_integrity_failure(runs, asked):
    code, found = asked("replay", "tiny", "--head", "0" * 64, runs=runs)

    assert code == found["error"]["code"] == 4
    assert found["problems"]


def test_run_again_a_log_is_re_executed(runs, asked):
    code, found = asked("replay", "tiny", "--rerun", "--quiet", runs=runs)

    assert (code, found["level"]) == (0, "re-executed")


def test_run_again_by_code_of_another_model_it_diverges_and_says_in_what(runs, asked, monkeypatch):
    monkeypatch.setattr("model.run.MODEL", MODEL + 1)
    before = contents(runs)

    code, found = asked("replay", "tiny", "--rerun", "--quiet", runs=runs)

    assert code == 6
    assert "its genesis differs in model" in found["error"]["message"]
    assert f'"model":{MODEL}' in found["first_difference"]["stored"]
    assert f'"model":{MODEL + 1}' in found["first_difference"]["new"]
    assert contents(runs) == before


def test_the_books_can_be_had_as_of_a_day(runs, asked):
    _, then = asked("replay", "tiny", "--until", "2026-06-30", runs=runs)
    _, now = asked("replay", "tiny", runs=runs)

    assert then["head"] == now["head"]
    assert then["books"]["lab"] != now["books"]["lab"]


def test_a_manifest_is_rebuilt_from_the_log(runs, asked):
    manifest = only_run(runs) / "manifest.json"
    manifest.write_text("{}")
    assert asked("replay", "tiny", runs=runs)[0] == 4

    assert asked("replay", "tiny", "--rebuild-manifest", runs=runs)[0] == 0

    assert json.loads(manifest.read_text())["status"] == "complete"


def test_a_right_scenario_is_said_to_be_right(capsys):
    assert main(["check", TINY]) == 0

    assert capsys.readouterr().out == "right: 4 firms, 3 contracts, 0 assumptions\n"


def test_a_wrong_scenario_gets_all_complaints_at_once(tmp_path, capsys):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(Path(TINY).read_text().replace("shares_outstanding", "share_outstanding").replace("50 %", "half"))

    assert main(["check", str(wrong)]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 2

    assert main(["check", str(wrong), "--json"]) == 3
    assert len(json.loads(capsys.readouterr().out)["complaints"]) == 2


@pytest.mark.parametrize("columns", [60, 100, 160])
def test_the_story_fits_on_one_screen(runs, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))

    assert main(["run", TINY, "--quiet", "--runs", str(runs)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= columns
    assert "\x1b" not in "".join(lines), "not a terminal"
    said = " ".join(lines)
    assert "50 % from 2026-10" in said
    assert "lab" in said and "host" in said
    assert "head" in said and str(only_run(runs).name) in said.replace(" ", "").replace("\n", "")


def test_progress_goes_to_stderr_and_quiet_silences_it(runs, capsys):
    assert main(["run", TINY, "--json", "--runs", str(runs)]) == 0
    assert "2026-12-31" in capsys.readouterr().err

    assert main(["run", TINY, "--json", "--quiet", "--runs", str(runs)]) == 0
    assert capsys.readouterr().err == ""


def test_diagnostics_stay_off_stdout_and_are_shown_on_stderr_when_asked_for(tmp_path, capsys):
    assert main(["run", TINY, "--json", "--quiet", "--verbose", "--runs", str(tmp_path)]) == 0

    said = capsys.readouterr()
    json.loads(said.out)
    kept = [json.loads(line) for line in (only_run(tmp_path) / "diagnostics.jsonl").read_text().splitlines()]
    assert {"opened", "month ended", "ended"} == {line["event"] for line in kept}
    assert len(said.err.splitlines()) == len(kept)


def test_nothing_reads_diagnostics_back(runs, asked):
    (only_run(runs) / "diagnostics.jsonl").write_text("what is this?\n")

    assert asked("replay", "last", runs=runs)[0] == 0
    assert asked("run", TINY, "--quiet", runs=runs)[1]["outcome"] == "reproduced"


@pytest.mark.parametrize("command", ["replay", "compare"])
def test_an_audit_never_loads_the_simulator(kept, command):
    arguments = [command, "last", *(["last"] if command == "compare" else []), "--runs", str(kept)]
    program = (
        "import sys; from model.cli import main; code = main(sys.argv[1:]);"
        "print(sorted({'mesa', 'simpy', 'numpy', 'pandas'} & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )

    ran = subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True)

    assert (ran.returncode, ran.stderr) == (0, "[]\n")


def contents(folder):
    """Every file under a folder with its bytes, but for the lock, which names whoever held it last."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder): path.read_bytes() for path in files}
