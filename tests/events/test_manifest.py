"""The manifest is whole or absent, and what the log determines can be rebuilt from it."""

import json

import pytest

from events import manifest
from events.log import Log
from events.manifest import Manifest
from events.problems import LogDamaged, LogIncomplete
from events.sink import Sink
from tests.shim import CODE, feed, genesis, log_bytes, run, toy_lines


def read_to_the_end(folder):
    with Log(folder / "events.jsonl") as log:
        for _ in log:
            pass
    return log


def test_environment_and_origins_are_kept_as_they_were_given(tmp_path):
    given = {"environment": {"python": "3.11"}, "origins": {"seed": "toy.yaml:3"}}
    with Sink.open(tmp_path, genesis(), CODE, **given) as sink:
        feed(sink, toy_lines())

    stored = manifest.read(tmp_path)
    assert {"environment": stored.environment, "origins": stored.origins} == given


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("{")])
def test_a_lost_or_spoilt_manifest_is_rebuilt_from_the_log(tmp_path, spoil):
    run(tmp_path)
    before, log = manifest.read(tmp_path), log_bytes(tmp_path)
    spoil(tmp_path / "manifest.json")

    rebuilt = manifest.rebuild(tmp_path)

    assert [getattr(rebuilt, name) for name in manifest.FROM_LOG] == [
        getattr(before, name) for name in manifest.FROM_LOG
    ]
    assert rebuilt.status == "complete"
    assert log_bytes(tmp_path) == log


def test_rebuilding_keeps_what_only_the_old_manifest_knew(tmp_path):
    run(tmp_path)
    wrong = json.loads((tmp_path / "manifest.json").read_text()) | {"head": "0" * 64, "events": 1}
    (tmp_path / "manifest.json").write_text(json.dumps(wrong))

    assert manifest.rebuild(tmp_path).code_digest == CODE
    assert manifest.read(tmp_path).events == 11


@pytest.mark.parametrize(
    ("name", "value"),
    [("head", "0" * 64), ("events", 10), ("blocks", 1), ("bytes", 0), ("last_date", ""), ("status", "failed")],
)
def test_a_field_that_contradicts_the_log_is_named(tmp_path, name, value):
    run(tmp_path)
    stated = json.loads((tmp_path / "manifest.json").read_text())

    log = read_to_the_end(tmp_path)
    assert manifest.disagreements(Manifest(**stated), log) == []
    assert manifest.disagreements(Manifest(**stated | {name: value}), log) == [name]


@pytest.mark.parametrize("text", ["", "[]", '{"status":"running","x":1}', '{"status":"asleep"}', '{"events":"1"}'])
def test_a_malformed_manifest_is_damage_and_no_traceback(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(LogDamaged, match="rebuild"):
        manifest.read(tmp_path)


def test_an_interrupted_run_is_incomplete_with_its_last_good_event(tmp_path):
    with Sink.open(tmp_path, genesis(), CODE) as sink:
        feed(sink, list(toy_lines())[:4])

    assert manifest.read(tmp_path).status == "interrupted"
    with pytest.raises(LogIncomplete, match="up to seq 1 "):
        read_to_the_end(tmp_path).demand_complete()


def test_a_manifest_left_running_by_a_dead_run_is_settled_when_the_log_is_reproduced(tmp_path):
    run(tmp_path)
    left = json.loads((tmp_path / "manifest.json").read_text()) | {"status": "running", "events": 0, "head": ""}
    (tmp_path / "manifest.json").write_text(json.dumps(left))

    assert run(tmp_path).outcome == "reproduced"

    assert manifest.disagreements(manifest.read(tmp_path), read_to_the_end(tmp_path)) == []
    assert manifest.read(tmp_path).status == "complete"


def test_a_manifest_nested_too_deep_is_malformed_and_no_fault_of_the_program(tmp_path):
    (tmp_path / manifest.NAME).write_bytes(b"[" * 100_000)

    with pytest.raises(LogDamaged, match="the manifest is malformed"):
        manifest.read(tmp_path)
