"""The independent verifier: what it says of logs written from the format page alone.

`tests/faults/test_faults_tampering.py` changes a good log in every way; here stand the sentences it must say, the
spellings it must refuse, and what it may import.
"""

import ast
import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from events import verify
from tests import plain_log

SOURCE = Path(verify.__file__)


@pytest.fixture
def told(tmp_path, capsys):
    """Write a log, run the verifier in this process, and give its exit code and its one line."""

    def tell(log, *arguments, **beside):
        (tmp_path / "events.jsonl").write_bytes(log)
        for name, content in beside.items():
            (tmp_path / f"{name}.json").write_bytes(content)
        code = verify.main([str(tmp_path), *arguments])
        out, err = capsys.readouterr()
        assert (out + err).count("\n") == 1
        assert bool(err) == (code > 0 and "--json" not in arguments)
        return code, out + err

    return tell


def manifest(log, **changes):
    """The manifest of a complete run of this log."""
    seals = log.count(b'{"seal":')
    fields = {"status": "complete", "events": log.count(b'{"seq":'), "blocks": seals, "head": plain_log.head(log)}
    return json.dumps(fields | changes).encode()


def test_it_rests_on_the_standard_library_alone_and_can_be_read_at_a_sitting():
    source = SOURCE.read_text()
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or alias.name for node in imports for alias in node.names}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)
    assert not any(getattr(node, "level", 0) for node in imports)
    assert "__import__" not in source and "importlib" not in source
    assert len(source.splitlines()) <= 300


def test_it_runs_alone_in_an_empty_folder_without_site_packages(tmp_path):
    (tmp_path / "verify.py").write_bytes(SOURCE.read_bytes())
    (tmp_path / "events.jsonl").write_bytes(plain_log.write())
    command = [sys.executable, "-I", "-S", "-O", "verify.py", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("self-consistent: 8 events in 4 blocks, head ")


def test_the_level_is_self_consistent_without_a_head_and_anchored_with_one(told):
    log = plain_log.write()
    head = plain_log.head(log)
    assert told(log)[1].startswith(f"self-consistent: 8 events in 4 blocks, head {head}")
    assert told(log, "--head", head)[1].startswith(f"anchored: 8 events in 4 blocks, head {head}")


def test_what_does_not_lie_beside_the_log_is_said_to_be_missing(told):
    log = plain_log.write()
    assert "no scenario.json" in told(log)[1] and "no manifest.json" in told(log)[1]
    assert "no " not in told(log, scenario=plain_log.SCENARIO, manifest=manifest(log))[1]


def test_a_log_cut_at_a_seal_is_caught_by_its_head(told):
    log = plain_log.write()
    cut = log[: log.rindex(b'{"seq":')]
    code, line = told(cut, "--head", plain_log.head(log))
    assert code == 4
    assert f"log ends at {plain_log.head(cut)}, head says {plain_log.head(log)}, after event 6" in line
    assert told(cut)[0] == 5


def test_another_scenario_beside_the_log_is_damage(told):
    log = plain_log.write()
    assert told(log, scenario=plain_log.SCENARIO)[0] == 0
    code, line = told(log, scenario=plain_log.SCENARIO + b" ")
    assert code == 4 and "scenario.json" in line


@pytest.mark.parametrize("change", [{"events": 9}, {"blocks": 3}, {"head": "0" * 64}, {"head": None}, {"blocks": 4.0}])
def test_a_complete_manifest_must_say_what_the_log_says(told, change):
    log = plain_log.write()
    code, line = told(log, manifest=manifest(log, **change))
    assert code == 4 and f"manifest.json: `{next(iter(change))}`" in line


def test_a_manifest_of_an_unfinished_run_is_not_compared(told):
    log = plain_log.write()
    assert told(log, manifest=manifest(log, status="interrupted", events=3))[0] == 0


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_manifest_that_is_none_is_damage(told, content):
    assert told(plain_log.write(), manifest=content)[0] == 4


def cut(seals):
    """The log up to its so-manieth seal."""
    lines = plain_log.write().splitlines(keepends=True)
    at = [number for number, line in enumerate(lines) if line.startswith(b'{"seal":')][seals - 1]
    return b"".join(lines[: at + 1]), lines[at + 1 :]


WHOLE = plain_log.write()
SEALED, REST = cut(2)


@pytest.mark.parametrize(
    ("log", "code", "words"),
    [
        (b"", 4, "an empty file"),
        (b"\xef\xbb\xbf" + WHOLE, 4, "byte-order mark"),
        (b"hello\n", 4, "this is no log"),
        (WHOLE.splitlines(keepends=True)[0], 5, "no seal yet; last good seq none"),
        (WHOLE[:9], 5, "torn tail; last good seq none"),
        (WHOLE[:2] + bytes(700), 5, "zero-filled tail"),
        (SEALED, 5, "no RunEnded; last good seq 4"),
        (SEALED + REST[0], 5, "1 unsealed events; last good seq 4"),
        (SEALED + REST[0][:-1], 5, "a torn tail; last good seq 4"),
        (SEALED + REST[0] + REST[1][:30], 5, "1 unsealed events and a torn tail; last good seq 4"),
        (SEALED + bytes(512), 5, "a zero-filled tail; last good seq 4"),
        (SEALED + REST[0] + bytes(200_000), 5, "1 unsealed events and a zero-filled tail; last good seq 4"),
        (WHOLE + bytes(1), 5, "a zero-filled tail; last good seq 7"),
        (WHOLE.replace(b"1", b"12", 1), 9, "format '12'; format 1 is known here"),
        (WHOLE.replace(b"-100", b"-101", 1), 4, "block 0: the seal's `lines`"),
        (WHOLE.replace(b"2025-11-03", b"2025-10-03"), 4, "block 2: `date` '2025-10-03'; ISO, from 2025-10-31"),
    ],
)  # fmt: skip
def test_each_trouble_has_its_own_words(told, log, code, words):
    found, line = told(log)
    assert (found, words in line) == (code, True), line
    assert line.startswith(f"error[{code}] events.jsonl:")


def test_a_problem_is_one_object_too(told):
    code, line = told(SEALED, "--json")
    assert code == 5
    assert json.loads(line)["error"] == 5 and json.loads(line)["where"] == "events.jsonl:8"


def test_a_success_is_one_object_too(told):
    told_ = json.loads(told(WHOLE, "--json")[1])
    assert (told_["level"], told_["events"], told_["blocks"]) == ("self-consistent", 8, 4)
    assert told_["head"] == plain_log.head(WHOLE)


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["--json"], [".", "--head", "abc"], [".", "--frob"]])
def test_wrong_usage_is_one_line_and_code_2(capsys, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    Path("events.jsonl").write_bytes(WHOLE)
    assert verify.main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out + err).count("\n") == 1 and ("error[2]" in err or json.loads(out)["error"] == 2)


ONE = plain_log.event("RunEnded", "2025-12-31")


def respelt(old, new):
    """A log of one event with its line spelt otherwise, the chain made to fit."""
    line = plain_log.line({"seq": 0, **ONE, "data": {"a": 1, "b": "x"}})
    assert old in line
    changed = line.replace(old, new, 1)
    genesis = plain_log.line(plain_log.GENESIS)
    prev = plain_log.sha256(b"circle/genesis/1\n" + genesis)
    seal, _ = plain_log.sealed([changed], 0, 1, prev, plain_log.digest({}))
    return genesis + changed + seal


def test_the_event_that_the_spellings_start_from_is_good(told):
    assert told(respelt(b'"a":1', b'"a":1'))[0] == 0


@pytest.mark.parametrize(
    "good",
    [
        r'"\b\f\n\r\t\"\\"', r'"\u0000\u0001\u001f"', '"\x7f\u2028é😀/"', "-1", "0", "9223372036854775807", "[]", "{}",
        '{"A":1,"a":[],"é":{}}',
    ],
)  # fmt: skip
def test_the_one_spelling_is_taken(told, good):
    assert told(respelt(b'"a":1', b'"a":' + good.encode()))[0] == 0


@pytest.mark.parametrize(
    "bad",
    [
        "1.0", "1e3", "-0", "01", "+1", "NaN", "Infinity", "-Infinity", "1.5", "true", "false", "null", "[null]",
        '{"x":true}', '{"y":1,"x":1}', '{"x":1,"x":1}', '{"é":1,"z":1}', " 1", "1 ", "[1, 2]", r'"\/"', r'"\u0041"',
        r'"\u001F"', r'"\u0009"', r'"\u007f"', r'"\u00e9"', r'"\ud83d\ude00"', r'"\ud800"', '"\t"', "'x'", "", "1,",
        "9223372036854775808", "9" * 4000, "9" * 5000, "[" * 400 + "]" * 400 + "x", "[" * 30_000 + "]" * 30_000,
    ],
)  # fmt: skip
def test_every_other_spelling_is_damage(told, bad):
    code, line = told(respelt(b'"a":1', b'"a":' + bad.encode()))
    assert code == 4 and "block 0" in line


@pytest.mark.parametrize("depth", [200, 300, 480, 700, 900, 990, 5000, 32_000])
def test_depth_never_ends_in_a_traceback(told, depth):
    assert told(respelt(b'"a":1', b'"a":' + b"[" * depth + b"]" * depth))[0] in (0, 4)
    assert told(respelt(b'"post":[]', b'"post":[' + b"[" * depth + b"]" * depth + b"]"))[0] == 4


@pytest.mark.parametrize("junk", [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\r", b"\xe2\x80\xae\xff"])
def test_bytes_that_are_no_utf8_are_damage_and_shown_safely(told, junk):
    code, line = told(respelt(b'"x"', b'"' + junk + b'"'))
    assert code == 4 and line.isascii() and line.count("\n") == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":0'), (b'"v":1', b'"v":-1'), (b'"v":1', b'"v":true'), (b'"v":1', b'"v":"1"'),
        (b'"corr":"",', b""), (b'"corr":""', b'"corr":null'), (b'"corr":"",', b'"corr":"","extra":1,'),
        (b'"corr":"","actor":"scenario"', b'"actor":"scenario","corr":""'), (b'"seq":0', b'"seq":1'),
        (b'"seq":0', b'"seq":-1'), (b'"seq":0', b'"seq":false'), (b"2025-12-31", b"2026-01-01"),
        (b"2025-12-31", b"2025-09-29"), (b"2025-12-31", b"20251231"), (b"2025-12-31", b"2025-W50-1"),
        (b"2025-12-31", b"2025-11-31"), (b'"cause":null', b'"cause":"0"'), (b'"cause":null', b'"cause":false'),
        (b'"post":[]', b'"post":{}'), (b'"post":[]', b'"post":[[]]'), (b'"post":[]', b'"post":["abcd"]'),
        (b'"post":[]', b'"post":[["a","b","c"]]'), (b'"post":[]', b'"post":[["a","b","c",0]]'),
        (b'"post":[]', b'"post":[["a","b","c",true]]'), (b'"post":[]', b'"post":[["a","b",1,1]]'),
        (b'"post":[]', b'"post":[[["a"],"b","c",1]]'), (b'"post":[]', b'"post":[["a","b","c",1000000000000000]]'),
        (b'"post":[]', b'"post":[["a\\t","b","c",1]]'), (b'"post":[]', b'"post":[["a","b\\n","c",1]]'),
        (b'"data":{"a":1,"b":"x"}', b'"data":[]'), (b'"data":{"a":1,"b":"x"}', b'"data":{"b":"x","a":1}'),
    ],
)  # fmt: skip
def test_a_frame_of_another_shape_is_damage(told, old, new):
    assert told(respelt(old, new))[0] == 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"cause":null', b'"cause":0'), (b'"cause":null', b'"cause":7'), (b'"cause":null', b'"cause":-1'),
        (b'"actor":"scenario"', b'"actor":"model"'),
    ],
)  # fmt: skip
def test_a_cause_must_come_before_and_only_the_scenario_has_none(told, old, new):
    assert told(respelt(old, new))[0] == 7


@pytest.mark.parametrize(
    "change",
    [
        {"opens": "2026-01-01"}, {"ends": "2025-13-01"}, {"block_events": 0}, {"block_bytes": -1}, {"seed": "7"},
        {"outside": ["world", "customers"]}, {"outside": ["world", "world"]}, {"outside": [1]}, {"parent": "ab"},
        {"parent": "0" * 64}, {"parent_date": "2025-10-31"}, {"scenario_sha256": "A" * 64}, {"model": 1.0}, {"more": 1},
    ],
)  # fmt: skip
def test_a_genesis_of_another_shape_is_damage(told, change):
    assert told(plain_log.write(genesis=change))[0] == 4


def test_damage_further_down_goes_before_a_story_that_does_not_add_up(told):
    story = plain_log.events()
    story[0]["post"][0][3] += 1
    broken = plain_log.write(story)
    assert told(broken)[0] == 7
    assert told(broken.replace(b'"corr":"lab-cloud"', b'"corr":"lab-cluod"'))[0] == 4


def test_a_wrong_story_in_an_unsealed_tail_is_not_told(told):
    story = plain_log.events()
    story[5]["post"][0][3] += 1
    log = plain_log.write(story)
    assert told(log)[0] == 7
    assert told(b"".join(log.splitlines(keepends=True)[:9]))[0] == 5


def test_a_floor_may_be_crossed_within_an_event_but_not_after_it(told):
    there, back = plain_log.moved("lab", "cloud", 1, "CREDIT:x"), plain_log.moved("cloud", "lab", 1, "CREDIT:x")
    story = plain_log.events()
    story[-1]["post"] = [list(posting) for posting in there + back]
    assert told(plain_log.write(story))[0] == 0


def test_nothing_may_follow_the_end_of_the_run(told):
    story = [*plain_log.events(), plain_log.event("RunEnded", "2025-12-31", cause=0)]
    assert told(plain_log.write(story))[0] == 4


def by_hand(*blocks, genesis=None, **stated):
    """A log of blocks (events with their `seq`) sealed just there; `stated` goes into each seal, hashes made to fit."""
    out = plain_log.line(plain_log.GENESIS | (genesis or {}))
    prev = plain_log.sha256(b"circle/genesis/1\n" + out)
    for number, block in enumerate(blocks):
        lines, closes = [plain_log.line(fact) for fact in block], block[-1]["type"] in ("MonthClosed", "RunEnded")
        state = plain_log.digest({}) if closes else ""
        seal, prev = plain_log.sealed(lines, number, block[-1]["seq"] + 1, prev, state, stated)
        out += b"".join(lines) + seal
    return out


def numbered(*kinds, seqs=None, day="2025-12-31"):
    """Events without postings, of these kinds."""
    seqs = seqs or range(len(kinds))
    return [{"seq": seq, **plain_log.event(kind, day)} for seq, kind in zip(seqs, kinds, strict=True)]


def test_blocks_end_where_their_content_says_and_nowhere_else(told):
    first, closed, last = numbered("Told", "MonthClosed", "RunEnded")
    assert told(by_hand([first, closed], [last]))[0] == 0
    for log in (by_hand([first], [closed], [last]), by_hand([first, closed, last])):
        assert told(log)[0] == 4
    assert told(by_hand([first, closed], [last], genesis={"block_events": 1}))[0] == 4
    assert told(by_hand([first, closed], [last], genesis={"block_bytes": 10}))[0] == 4
    assert told(by_hand([first], [closed], [last], genesis={"block_bytes": 10}))[0] == 0


@pytest.mark.parametrize(
    "stated",
    [{"seal": 1}, {"next": 4}, {"count": 2}, {"bytes": 1}, {"prev": "0" * 64}, {"lines": "0" * 64}, {"state": ""}],
)
def test_a_seal_that_says_otherwise_is_damage_though_its_hash_fits(told, stated):
    block = numbered("Told", "Told", "RunEnded")
    assert told(by_hand(block))[0] == 0
    assert told(by_hand(block, **stated))[0] == 4


def test_a_state_stands_at_a_months_end_alone(told):
    block = numbered("Told", "Told", "Told")
    assert told(by_hand(block))[0] == 5
    assert told(by_hand(block, state="0" * 64))[0] == 4
    assert told(by_hand(numbered("RunEnded"), state="0" * 64))[0] == 7


@pytest.mark.parametrize("seqs", [(0, 2), (1, 2), (0, 0), (1, 0)])
def test_seq_has_no_gap_though_the_seals_fit(told, seqs):
    code, line = told(by_hand(numbered("Told", "RunEnded", seqs=seqs)))
    assert code == 4 and "is next" in line


def test_a_date_has_one_spelling(told):
    assert told(by_hand(numbered("RunEnded"), genesis={"ends": "2026-12-31"}))[0] == 0
    for day in ("20251231", "2025-W50-1", "2025-12-31T00"):
        assert told(by_hand(numbered("RunEnded", day=day), genesis={"ends": "2026-12-31"}))[0] == 4


def test_a_line_holds_65536_bytes_and_not_one_more(told):
    (fact,) = numbered("RunEnded")
    room = 65_536 - len(plain_log.line({**fact, "corr": ""}))
    assert told(by_hand([{**fact, "corr": "x" * room}]))[0] == 0
    assert told(by_hand([{**fact, "corr": "x" * (room + 1)}]))[0] == 4


def test_whole_events_after_the_end_of_the_run_are_a_tail(told):
    assert told(WHOLE + plain_log.line({"seq": 8, **plain_log.event("Told", "2025-12-31")}))[0] == 5


def test_a_seal_far_below_makes_a_broken_line_damage_wherever_it_lies(told):
    seal = next(line for line in REST if line.startswith(b'{"seal":'))
    for before in (len(seal) - 1, len(seal) // 2, 1, 0):
        junk = b"x" * ((1 << 20) - len(WHOLE) - before)
        assert told(WHOLE + junk)[0] == 5
        assert told(WHOLE + junk + b" " * len(WHOLE) + seal)[0] == 4


def test_memory_does_not_grow_with_the_number_of_events(tmp_path):
    def peak(events):
        story = [plain_log.event("FirmFounded", "2025-09-30", plain_log.founded("lab", 9**9))]
        story += [plain_log.event("Paid", "2025-10-01", plain_log.paid("lab", "cloud", 1), cause=0)] * events
        log = plain_log.write([*story, plain_log.event("RunEnded", "2025-12-31", cause=0)], {"block_events": 64})
        (tmp_path / "events.jsonl").write_bytes(log)
        tracemalloc.start()
        verify.verify(tmp_path)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(4000) < peak(200) + 50_000


# --- found missing by changing the verifier itself --------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"parent": "a" * 64, "parent_date": "2025-10-31"}, {"block_events": 1}, {"block_bytes": 1},
        {"opens": "2025-09-30", "ends": "2025-12-31"},
    ],
)  # fmt: skip
def test_a_genesis_at_its_bounds_and_that_of_a_fork_are_good(told, change):
    assert told(plain_log.write(genesis=change))[0] == 0


@pytest.mark.parametrize(
    "parent",
    [("2025-10-31", "a" * 64), ("a" * 64, "2025-13-31"), ("A" * 64, "2025-10-31"), ("a" * 64, "")],
)
def test_a_parent_is_a_head_with_a_day(told, parent):
    assert told(plain_log.write(genesis=dict(zip(("parent", "parent_date"), parent, strict=True))))[0] == 4


def test_a_log_may_open_and_end_on_one_day(told):
    story = [plain_log.event("RunEnded", "2025-09-30", actor="scenario")]
    assert told(plain_log.write(story, genesis={"ends": "2025-09-30"}))[0] == 0


def test_all_that_is_there_may_be_pledged_and_nothing_more(told):
    def pledging(units):
        story = plain_log.events()
        story[3]["post"] = [list(posting) for posting in plain_log.pledged("cloud", "bank", units, "h100")]
        return plain_log.write(story)

    assert [told(pledging(units))[0] for units in (9, 10)] == [0, 7]


def test_a_block_is_full_at_just_its_bytes(told):
    size = len(plain_log.line({"seq": 0, **plain_log.events()[0]}))
    assert told(plain_log.write(genesis={"block_bytes": size}))[0] == 0


def test_a_balance_may_reach_its_bound_and_not_pass_it(told):
    most = 2**63 - 1
    gifts = [10**15 - 1] * (most // (10**15 - 1)) + [most % (10**15 - 1)]

    def holding(more):
        story = plain_log.events()
        post = [line for units in gifts + more for line in plain_log.moved("world", "lab", units, "TOKEN")]
        # Two givers, for each may owe no more than its own bound.
        fields = [["customers" if at % 4 == 0 else name, *rest] for at, (name, *rest) in enumerate(map(list, post))]
        parts = [fields[at : at + 400] for at in range(0, len(fields), 400)]
        told_of = [plain_log.event("GpusDelivered", "2025-10-02", part, cause=1, actor="cloud") for part in parts]
        return plain_log.write(story[:2] + told_of + story[4:])

    assert [told(holding(more))[0] for more in ([], [1])] == [0, 7]


@pytest.mark.parametrize(("error", "code"), [(PermissionError(13, "no"), 74), (KeyboardInterrupt(), 130)])
def test_what_the_system_refuses_has_its_own_code(told, monkeypatch, error, code):
    def refuse(*_):
        raise error

    monkeypatch.setattr(verify, "verify", refuse)
    assert told(plain_log.write())[0] == code


def test_a_first_line_that_is_too_long_or_no_genesis_is_damage_and_a_torn_one_is_not(told):
    first = plain_log.write().splitlines(keepends=True)[0]
    assert told(first[:-1])[0] == 5
    assert told(first[:-2] + b" " * verify.MAX_LINE + b"}")[0] == 4
    assert told(first[:-2] + b"\n")[0] == 4
