"""Rows A6 to A8, G1, G2 and L of the table of faults: what the command line meets from people and from the system."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agents.ai_lab import AiLab
from model.cli import main
from model.run import MODEL

ROOT = Path(__file__).parents[2]
TINY = str(ROOT / "scenarios" / "tiny.yaml")
MESSAGE = re.compile(r"error\[(\d+)\] [^\n]+: [^\n]+\n")

# A run that stops after a month of its choice until a line comes on stdin, and says when it has heard a signal.
PATIENT = """
import sys
from model import stops, terminal
from model.cli import main

hear = stops.Stops._hear
def heard(self, number, frame):
    terminal.notice("heard")
    hear(self, number, frame)
stops.Stops._hear = heard

def wait(line):
    print(line, file=sys.stderr, flush=True)
    if "2026-12-31" in line:
        sys.stdin.readline()
notice, terminal.notice = terminal.notice, lambda line: (wait if "%" in line else notice)(line)
sys.exit(main(sys.argv[1:]))
"""


def started(runs, *more):
    return subprocess.Popen(
        [sys.executable, "-c", PATIENT, "run", TINY, "--runs", str(runs), *more],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def until(process, word):
    """Read the process's stderr up to a line with `word` in it."""
    for line in process.stderr:
        if word in line:
            return
    raise AssertionError(f"it ended without saying {word!r}")


def only_run(runs):
    (folder,) = (path for path in Path(runs).iterdir() if path.is_dir())
    return folder


def status(runs):
    return json.loads((only_run(runs) / "manifest.json").read_text())["status"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The log of an undisturbed run."""
    runs = tmp_path_factory.mktemp("whole")
    assert main(["run", TINY, "--quiet", "--json", "--runs", str(runs)]) == 0
    return (only_run(runs) / "events.jsonl").read_bytes()


def demand_resumable(runs, whole, capsys):
    """What is sealed is the beginning of the undisturbed log, and the same again finishes it."""
    stored = (only_run(runs) / "events.jsonl").read_bytes()
    assert whole.startswith(stored) and len(stored) < len(whole)
    assert stored.splitlines()[-1].startswith(b'{"seal":')
    capsys.readouterr()
    assert main(["run", TINY, "--quiet", "--json", "--runs", str(runs)]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "resumed"
    assert (only_run(runs) / "events.jsonl").read_bytes() == whole


def demand_message(said, code):
    """One line of the agreed shape, and no traceback."""
    found = MESSAGE.fullmatch(said)
    assert found, said
    assert int(found[1]) == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a6_a7_a_signal_stops_a_run_at_the_end_of_the_month(tmp_path, whole, capsys, number):
    with started(tmp_path) as process:
        until(process, "2026-12-31")
        process.send_signal(number)
        until(process, "heard")
        _, said = process.communicate("go on\n")

    assert process.returncode == 128 + number
    demand_message(said, 128 + number)
    assert status(tmp_path) == "interrupted"
    demand_resumable(tmp_path, whole, capsys)


def test_a6_a_second_signal_stops_it_at_once(tmp_path, whole, capsys):
    """
    Nothing is sent on stdin, for which the run would wait for ever.
    """
    with started(tmp_path) as process:
        until(process, "2026-12-31")
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            until(process, "heard")
        said = process.stderr.read()
        process.wait()

    assert process.returncode == 130
    demand_message(said, 130)
    assert status(tmp_path) == "interrupted"
    demand_resumable(tmp_path, whole, capsys)


def test_a6_with_json_an_interrupted_run_is_still_one_object(tmp_path):
    with started(tmp_path, "--json") as process:
        until(process, "2026-12-31")
        process.send_signal(signal.SIGINT)
        until(process, "heard")
        out, said = process.communicate("go on\n")

    assert process.returncode == 130
    assert json.loads(out)["error"]["code"] == 130
    assert said == ""


@pytest.fixture
def broken_agent(monkeypatch):
    """A lab that fails on its tenth decision."""
    decide, seen = AiLab.decide, []

    def failing(self, briefing):
        seen.append(briefing)
        if len(seen) == 10:
            raise ZeroDivisionError("a plan of \x1b[31mnothing")
        return decide(self, briefing)

    monkeypatch.setattr(AiLab, "decide", failing)


def test_a8_an_agent_that_raises_is_named_with_date_and_seq(tmp_path, whole, capsys, broken_agent, monkeypatch):
    assert main(["run", TINY, "--quiet", "--runs", str(tmp_path)]) == 70

    said = capsys.readouterr().err
    demand_message(said, 70)
    assert "ZeroDivisionError" in said and "lab on 2026-10-31 before seq" in said
    assert "\x1b" not in said
    kept = only_run(tmp_path) / "diagnostics.jsonl"
    assert str(kept) in said
    assert "Traceback" in json.loads(kept.read_text().splitlines()[-1])["traceback"]
    assert status(tmp_path) == "failed"
    monkeypatch.undo()
    demand_resumable(tmp_path, whole, capsys)


def test_out_of_memory_is_said_in_one_line(tmp_path, capsys, monkeypatch):
    def starving(self, briefing):
        raise MemoryError

    monkeypatch.setattr(AiLab, "decide", starving)

    assert main(["run", TINY, "--quiet", "--runs", str(tmp_path)]) == 71
    demand_message(capsys.readouterr().err, 71)


NO_RUNS = ["../../x", "/nowhere/x", ".", "..", "", "CON", "tiny.", "tiny ", "x" * 300, "a\nb", "../" * 2_000, "no/such"]


@pytest.mark.parametrize("command", ["replay", "compare", "run", "check"])
@pytest.mark.parametrize("name", NO_RUNS, ids=lambda name: ascii(name[:12]))
def test_g1_l1_odd_names_are_refused_and_nothing_is_made(tmp_path, capsys, monkeypatch, command, name):
    monkeypatch.chdir(tmp_path)
    arguments = [command, name, *([name] if command == "compare" else [])]

    assert main(arguments) == 2
    demand_message(capsys.readouterr().err, 2)

    assert main([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == 2
    assert os.listdir(tmp_path) == []


def test_g1_a_leading_dash_is_an_option_that_does_not_exist(capsys):
    assert main(["replay", "-x"]) == 2
    demand_message(capsys.readouterr().err, 2)
    assert main(["replay", "--", "-x"]) == 2
    demand_message(capsys.readouterr().err, 2)


def test_g2_the_same_inputs_under_changed_code_go_to_a_second_folder(tmp_path, whole, capsys, monkeypatch):
    assert main(["run", TINY, "--quiet", "--json", "--runs", str(tmp_path)]) == 0
    first = only_run(tmp_path)
    before = {path.name: path.read_bytes() for path in first.iterdir() if path.name != ".lock"}
    capsys.readouterr()
    monkeypatch.setattr("model.run.MODEL", MODEL + 1)

    assert main(["run", TINY, "--quiet", "--json", "--runs", str(tmp_path)]) == 0

    found = json.loads(capsys.readouterr().out)
    assert Path(found["run"]).name == f"{first.name}.2"
    assert found["outcome"] == "new"
    assert f"model (stored {MODEL}, new {MODEL + 1})" in found["first_difference"]
    assert {path.name: path.read_bytes() for path in first.iterdir() if path.name != ".lock"} == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["simulate"],
        ["run"],
        ["run", "nowhere.yaml"],
        ["run", str(ROOT / "scenarios")],
        ["run", TINY, "--seed", "many"],
        ["run", TINY, "--set", "seed"],
        ["run", TINY, "--runs", ""],
        ["run", TINY, "--runs", TINY],
        ["check", str(ROOT)],
        ["replay", str(ROOT / "scenarios")],
        ["replay", "last", "--runs", "/nowhere"],
        ["replay", "last", "--until"],
        ["compare", "one"],
        ["compare"],
        ["run", TINY, "--nonsense"],
    ],
    ids=lambda arguments: " ".join(arguments)[-30:],
)
def test_l3_what_cannot_be_meant_is_refused_in_one_line(capsys, arguments):
    assert main(arguments) == 2
    demand_message(capsys.readouterr().err, 2)

    assert main([*arguments, "--json"]) == 2
    json.loads(capsys.readouterr().out)


def test_a_wrong_day_or_head_is_a_matter_of_usage(tmp_path, capsys):
    assert main(["run", TINY, "--quiet", "--json", "--runs", str(tmp_path)]) == 0
    capsys.readouterr()

    for option in (["--until", "2026-02-30"], ["--head", "abc"]):
        assert main(["replay", "last", "--runs", str(tmp_path), *option]) == 2
        demand_message(capsys.readouterr().err, 2)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_l2_a_reader_that_leaves_early_is_no_error(tmp_path, form):
    assert main(["run", TINY, "--quiet", "--json", "--runs", str(tmp_path)]) == 0
    unread, written = os.pipe()
    os.close(unread)

    ran = subprocess.run(
        [sys.executable, "-m", "model", "replay", "last", "--runs", str(tmp_path), *form],
        cwd=ROOT, stdout=written, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(written)

    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&- <&-"])
def test_l2_a_stream_that_came_closed_is_no_error(tmp_path, whole, closed):
    """
    Nor is the log opened in its place, where a stray line would go into it.
    """
    line = f'exec "$0" -m model run "$1" --runs "$2" {closed}'
    asked = ["sh", "-c", line, sys.executable, TINY, str(tmp_path)]
    ran = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)

    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr
    assert (only_run(tmp_path) / "events.jsonl").read_bytes() == whole


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_an_output_error(tmp_path):
    assert main(["run", TINY, "--quiet", "--json", "--runs", str(tmp_path)]) == 0
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "model", "replay", "last", "--runs", str(tmp_path)],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    assert ran.returncode == 74
    demand_message(ran.stderr, 74)


def test_output_that_cannot_show_a_character_shows_its_code(tmp_path):
    assert main(["run", TINY, "--quiet", "--json", "--runs", str(tmp_path)]) == 0

    ran = subprocess.run(
        [sys.executable, "-m", "model", "replay", "last", "--runs", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip

    assert (ran.returncode, ran.stderr) == (0, "")
