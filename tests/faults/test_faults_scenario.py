"""Rows E, F, G1 and L of the faults that a scenario can have: exit code 0, 2 or 3, one line each, and nothing else."""

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from events.problems import BadScenario, Problem, Usage
from model.scenario import check, find, load
from tests.small_world import WORLD, Small, complaints, loaded, only, written

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"error\[3\] [^\n]*:[0-9]+:[0-9]+: [^\n]+; [^\n]+; [^\n]+")


def outcome(path: Path) -> int:
    """The exit code that `path` would give; every complaint has the agreed shape and is fit for a terminal."""
    try:
        load(path, schema=Small)
    except BadScenario as wrong:
        assert wrong.complaints
        for complaint in wrong.complaints:
            assert LINE.fullmatch(str(complaint)) and str(complaint).isprintable(), repr(str(complaint))
        return wrong.code
    return 0


def test_e1_an_alias_bomb_is_refused_at_its_first_anchor(tmp_path):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
    )

    assert only(complaints(tmp_path, bomb)).found == "the anchor &a"


@pytest.mark.parametrize("depth", [100, 1_000, 100_000])
@pytest.mark.parametrize("form", ["[", '{"a":', "- ", "block"])
def test_e2_depth_is_bounded_before_anything_recurses(tmp_path, depth, form):
    block = "".join(" " * n + "a:\n" for n in range(min(depth, 1_000)))
    text = block if form == "block" else "a: " + form * depth if form != "- " else form * depth

    began = time.process_time()
    found = only(complaints(tmp_path, text))

    assert found.found == "nesting deeper than 50"
    assert time.process_time() - began < 1


def test_e1_e2_e5_stay_within_200_mb_and_a_second(tmp_path):
    """In a process of its own: a million items, the deepest nesting, a bomb, and 100 MB of text."""
    bomb = "a: &a [x]\n" + "".join(f"k{n}: &k{n} [*a, *a]\n" for n in range(20))
    paths = [
        written(tmp_path, bomb, "bomb.yaml"),
        written(tmp_path, "a: " + "[" * 100_000, "deep.yaml"),
        written(tmp_path, "- 1\n" * 1_000_001, "items.yaml"),
        tmp_path / "huge.yaml",
    ]
    with open(paths[-1], "wb") as huge:
        huge.truncate(100_000_000)  # a hole on disk, and as long as any other file to who reads it
    code = (
        "import sys\nfrom model.complaints import Complaints, Enough\nfrom model.extends import extended\n"
        "from pathlib import Path\n"
        "for name in sys.argv[1:]:\n"
        "    complaints = Complaints()\n"
        "    assert extended(Path(name), complaints) is None\n"
        "    print(complaints.sorted()[0].found)\n"
    )
    began = time.monotonic()

    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, paths)], cwd=ROOT, text=True, capture_output=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (200_000_000, 200_000_000)),
    )  # fmt: skip

    assert done.stdout.splitlines() == [
        "the anchor &a", "nesting deeper than 50", "more than 4,000,000 bytes", "more than 4,000,000 bytes",
    ], done.stderr  # fmt: skip
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "text, words",
    [
        ("name: small\nname: other\n", "the key name in lines 1 and 2"),
        ("firms:\n  a: {}\n  b: {}\n  a: {}\n", "the key a in lines 2 and 4"),
        ('{"firms": {"a": {"cash": 1,\n "cash": 2}}}', "the key cash in lines 1 and 2"),
        ("firms: {'a': {}, a: {}}\n", "the key a in lines 1 and 1"),
    ],
)
def test_e3_f4_a_key_or_an_id_given_twice_is_told_with_both_lines(tmp_path, text, words):
    assert words in [complaint.found for complaint in complaints(tmp_path, text)]


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!python/name:os.system", "!x", "!<tag:x,1:y>"])
def test_e4_a_tag_builds_nothing(tmp_path, tag):
    found = only(complaints(tmp_path, f"name: {tag} ['touch {tmp_path}/marker']\n"))

    assert found.found.startswith("the tag ")
    assert os.listdir(tmp_path) == ["world.yaml"]


def test_e6_each_kind_of_nothing_has_its_own_message(tmp_path):
    texts = ["", "null\n", "- a\n", "a: 1\n---\nb: 1\n", "text\n"]

    assert len({only(complaints(tmp_path, text)).found for text in texts}) == len(texts)
    assert only(complaints(tmp_path, "# nothing\n")).found == "an empty file"


@pytest.mark.parametrize(
    "data", [b"a: 1\nb: \xff\n", "a: 1\nb: 2\n".encode("utf-16"), b"a: 1\nb: \0\n", b"a:\n\tb: 1\n"]
)
def test_e7_what_is_not_text_is_told_with_its_line(tmp_path, data):
    found = only(complaints(tmp_path, data))

    assert found.line == (1 if data.startswith(b"\xff\xfe") else 2)


def test_e8_a_misspelt_field_is_told_with_the_nearest(tmp_path):
    found = only(complaints(tmp_path, WORLD.replace("growth:", "grwoth:")))

    assert (found.line, found.nearest) == (30, ("growth",))


@pytest.mark.parametrize("length", [1, 2, 3])
def test_e9_a_loop_of_files_is_listed(tmp_path, length):
    for n in range(length):
        written(tmp_path, f"extends: f{(n + 1) % length}.yaml\n", f"f{n}.yaml")

    found = only(check(tmp_path / "f0.yaml", schema=Small))

    assert found.found == "the loop " + " -> ".join([*(f"f{n}.yaml" for n in range(length)), "f0.yaml"])


@pytest.mark.parametrize("length, good", [(20, True), (21, False), (1_000, False)])
def test_e9_a_chain_has_at_most_20_files(tmp_path, length, good):
    for n in range(length - 1):
        written(tmp_path, f"extends: f{n + 1}.yaml\n", f"f{n}.yaml")
    written(tmp_path, WORLD, f"f{length - 1}.yaml")

    found = check(tmp_path / "f0.yaml", schema=Small)

    assert [c.found for c in found] == ([] if good else ["a chain of more than 20 files"])


def test_e9_many_diamonds_cost_no_more_than_their_files(tmp_path):
    """Taken path by path these would be 2^18 files."""
    written(tmp_path, WORLD, "a18.yaml")
    for n in range(18):
        written(tmp_path, f"extends: [a{n + 1}.yaml, b{n}.yaml]\n", f"a{n}.yaml")
        written(tmp_path, f"extends: a{n + 1}.yaml\nseed: {n}\n", f"b{n}.yaml")

    assert load(tmp_path / "a0.yaml", schema=Small).scenario.seed == 0


@pytest.mark.parametrize(
    "target",
    [
        "../outside.yaml", "a/../../outside.yaml", "/etc/passwd", "/etc/x.yaml", "http://example.org/x.yaml",
        "file:///etc/x.yaml", "out.yaml", "dir/outside.yaml", "~/x.yaml", "..\\\\outside.yaml", "missing.yaml", ".",
        "folder.yaml", "pipe.yaml", "x.txt", "", "a\\0.yaml", "x" * 300 + ".yaml",
    ],
)  # fmt: skip
def test_e10_no_file_outside_the_folder_is_opened(tmp_path, target):
    written(tmp_path, "name: [SECRET", "outside.yaml")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "folder.yaml").mkdir()
    (inside / "out.yaml").symlink_to(tmp_path / "outside.yaml")
    (inside / "dir").symlink_to(tmp_path)
    os.mkfifo(inside / "pipe.yaml")

    found = only(check(written(inside, f'extends: "{target}"\n'), schema=Small))

    assert (found.path, found.line) == ("extends", 1)
    assert "SECRET" not in str(found) and "expected" not in found.found


@pytest.mark.parametrize("said", ["7", "true", "~", "{a: b}", "[[world.yaml]]", "[" + "world.yaml, " * 21 + "]"])
def test_e10_extends_names_files(tmp_path, said):
    assert only(complaints(tmp_path, f"extends: {said}\n")).path == "extends"


@pytest.mark.parametrize(
    "field, written_as, code",
    [
        ("name", "NO", 0), ("name", "010", 0), ("name", "1_000", 0), ("name", "2025-09-30", 0), ("name", "1e3", 3),
        ("name", "on", 0), ("name", "12", 3), ("name", "1.5", 3), ("name", "false", 3), ("name", "null", 3),
        ("seed", "NO", 3), ("seed", "010", 3), ("seed", "1_000", 3), ("seed", "1e3", 3), ("seed", "2025-09-30", 3),
        ("seed", "0x1F", 3), ("seed", "1.0", 3), ("seed", "true", 3), ("seed", '"1"', 3), ("seed", "-0", 0),
        ("seed", "null", 3), ("seed", "12:30", 3), ("seed", "-1", 3), ("seed", "[1]", 3),
        ("ends", "2026-09-30", 0), ("ends", "'2026-09-30'", 0), ("ends", "2026-9-30", 3), ("ends", "30.9.2026", 3),
        ("ends", "2025-09-30", 3), ("ends", "2025-09-29", 3), ("ends", "9999-12-31", 3), ("ends", "1000000000", 3),
    ],
)  # fmt: skip
def test_e11_f7_f12_what_yaml_1_1_would_have_changed_is_text_or_refused(tmp_path, field, written_as, code):
    text = re.sub("^name:.*", "name: small", WORLD) if field == "name" else WORLD
    text = text.replace("name: small", f"name: {written_as}") if field == "name" else f"{text}{field}: {written_as}\n"

    assert outcome(written(tmp_path, text)) == code
    if code == 0 and field == "name":
        assert loaded(tmp_path, text).scenario.name == written_as


@pytest.mark.parametrize(
    "field, value",
    [
        (f, v)
        for f in ("cash: {}", "shares_outstanding: {}")
        for v in (".nan", ".inf", "-.inf", "1e400", "1e308", "nan USD")
    ],
)
def test_f1_no_amount_is_infinite_and_the_complaint_names_field_and_bound(tmp_path, field, value):
    line = field.format(value)
    found = only(complaints(tmp_path, WORLD.replace("cash: 56.8 bn USD", line)))

    assert found.path == f"firms.nvidia.{field.split(':')[0]}"
    assert "at most 999,999,999,999,999" in found.rule


@pytest.mark.parametrize(
    "old, new, code",
    [
        ("value: 1.4 tn USD", "value: 0 USD", 3),
        ("value: 1.4 tn USD", "value: -0.0 USD", 3),
        ("value: 1.4 tn USD", "value: -5 USD", 3),
        ("lab: openai", "lab: openai\n    lead_days: -1", 3),
        ("lab: openai", "lab: openai\n    lead_days: 0", 0),
        ("lab: openai", "lab: openai\n    lead_days: -0 days", 0),
        ("lab: openai", "lab: openai\n    lead_days: 100000 days", 0),  # open at the end
        ("cash: 56.8 bn USD", "cash: -0.0 USD", 0),
        ("160 m shares", "-160 m shares", 3),
        ("962 bp", "-1 bp", 3),
        ("end: 2030-12-31", "end: 2025-09-30", 3),
        ("end: 2030-12-31", "end: 9999-12-31", 0),  # open at the end
        ("day: 2026-10-01", "day: 1999-01-01", 3),
        ("cash: 56.8 bn USD", "owners: {a: 60, b: 60}", 3),
    ],
)
def test_f2_f6_f8_each_field_says_whether_it_may_be_zero_or_negative(tmp_path, old, new, code):
    assert WORLD.count(old) == 1
    assert outcome(written(tmp_path, WORLD.replace(old, new))) == code


@pytest.mark.parametrize(
    "old, new, where, near",
    [
        ("borrower: openai", "borrower: openia", "22:15", ("openai",)),
        ("generation: blackwell}", "generation: blakwell}", "17:64", ("blackwell",)),
        ("serves: loan", "serves: lone", "18:84", ("loan",)),
        ("lender: world", "lender: nobody", "21:13", ()),
    ],
)
def test_f3_a_name_of_nothing_is_told_with_its_place_and_near_ones(tmp_path, old, new, where, near):
    found = only(complaints(tmp_path, WORLD.replace(old, new)))

    assert (f"{found.line}:{found.column}", found.nearest) == (where, near)


def test_f5_buyer_and_seller_are_two(tmp_path):
    assert (
        only(complaints(tmp_path, WORLD.replace("borrower: openai", "borrower: world"))).rule
        == "nobody deals with itself"
    )


def test_f7_ten_thousand_firms_are_loaded_and_checked_in_seconds(tmp_path):
    firms = "".join(f"  firm-{n}: {{cash: {n} USD}}\n" for n in range(10_000))
    text = WORLD.replace("firms:\n", "firms:\n" + firms)
    began = time.process_time()

    assert outcome(written(tmp_path, text)) == 0
    assert outcome(written(tmp_path, text.replace("borrower: openai", "borrower: firm-10000"))) == 3
    assert time.process_time() - began < 8


ARGUMENTS = [
    "../../x", "/x", ".", "..", "", "-", "-x", "--help", "CON", "con", "NUL", "com1", "CON.x", "x.", "x ", " x",
    "x" * 300, "x" * 300 + ".yaml", "a/b", "a\\b", "a\0b", "a\0.yaml", "\n", "a\nb", "é", "~", "*", ".hidden",
    "missing", "missing.yaml", "no/such.yaml", "folder", "folder.yaml", "pipe.yaml", "text.txt", "\ud8ff",
    "\ud8ff.yaml", "\ud8ff/x.yaml",
]  # fmt: skip


@pytest.mark.parametrize("argument", ARGUMENTS, ids=ascii)
def test_g1_l3_what_names_no_scenario_is_a_wrong_command_and_creates_nothing(tmp_path, monkeypatch, argument):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "text.txt").write_text("name: x\n")
    os.mkfifo(tmp_path / "pipe.yaml")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(Usage) as caught:
        find(argument)

    assert caught.value.code == 2
    assert caught.value.line.isprintable() and caught.value.line.startswith("error[2] ")
    assert sorted(tmp_path.rglob("*")) == before


def test_l3_a_missing_file_or_a_folder_is_a_wrong_command_for_load_and_check_too(tmp_path):
    for path in (tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(Usage):
            load(path, schema=Small)
        with pytest.raises(Usage):
            check(path, schema=Small)


@pytest.fixture(scope="module")
def one_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


EXAMPLES = int(os.environ.get("SCENARIO_FUZZ", "60"))
fuzzed = settings(
    max_examples=EXAMPLES, deadline=None, derandomize="SCENARIO_FUZZ" not in os.environ, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
PIECES = [
    "{", "}", "[", "]", ":", "- ", "\n", "  ", "\t", "#", "&a ", "*a", "!!x ", "---\n", '"', "'", "|\n", "null", "~",
    "true", "-1", "1e400", ".nan", "0 USD", "9" * 50, "value: ", "range: ", "extends: world.yaml\n", "é", "\u202e",
    "\0", "\x1b", "\ufeff", "2025-13-01", "<<: ", "? ", "%YAML 1.1\n", "kind: ", "a" * 200, "\\ud83d", "\r",
]  # fmt: skip


@fuzzed
@given(data=st.binary(max_size=200))
@example(data=b"\xef\xbb\xbf")
@example(data=b"a: \xed\xa0\x80")
@example(data=b"a: |\n \t\n\x85")
def test_e12_random_bytes_are_a_bad_scenario_and_nothing_worse(one_folder, data):
    assert outcome(written(one_folder, data)) == 3


@fuzzed
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(WORLD)), st.integers(0, 12), st.sampled_from(["", *PIECES])),
        min_size=1,
        max_size=4,
    )
)
def test_e12_a_scenario_with_pieces_cut_out_and_put_in_is_good_or_bad_and_nothing_else(one_folder, cuts):
    text = WORLD
    for place, length, piece in cuts:
        text = text[:place] + piece + text[place + length :]

    assert outcome(written(one_folder, text)) in (0, 3)


@fuzzed
@given(
    path=st.sampled_from(["seed", "firms", "contracts.loan", "contracts.chips.tranches", "nothing"]),
    value=st.text(max_size=30),
)
def test_e12_any_change_is_good_or_bad_or_a_wrong_command_and_nothing_else(one_folder, path, value):
    try:
        load(written(one_folder, WORLD), [f"{path}={value}"], schema=Small)
    except Problem as wrong:
        assert wrong.code in (2, 3)
        assert all(line.isprintable() for line in wrong.line.split("\n"))
