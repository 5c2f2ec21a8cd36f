"""Genesis, seals and the state digest are spelled as the format says; blocks are read back with their chain checked."""

import hashlib
import tracemalloc

import pytest

from events.log import Genesis, Log, Seal, read_blocks, state_digest
from events.problems import LogDamaged, LogIncomplete, Problem, UnknownSchema, Usage
from tests.shim import STATE, event, genesis, log_bytes, run


def test_genesis_is_spelled_as_the_format_says():
    assert genesis().encode() == (
        b'{"genesis":1,"model":1,"policy":1,"scenario":"toy","scenario_sha256":"' + b"a" * 64 + b'","seed":7,'
        b'"generator":"PCG64","opens":"2025-09-30","ends":"2026-12-31","block_events":4,"block_bytes":600,'
        b'"outside":["customers","world"],"parent":"","parent_date":""}\n'
    )
    assert Genesis.decode(genesis().encode()) == genesis()


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (b'"genesis":1,', b'"genesis":2,', UnknownSchema),
        (b'"seed":7', b'"seed": 7', LogDamaged),
        (b'"seed":7', b'"seed":7.0', LogDamaged),
        (b'"seed":7', b'"seed":true', LogDamaged),
        (b'"seed":7', b'"seed":-7', LogDamaged),
        (b'"seed":7,', b'"seed":7,"seed":7,', LogDamaged),
        (b'"seed":7,', b"", LogDamaged),
        (b'"seed":7,', b'"seed":7,"host":"h",', LogDamaged),
        (b'["customers","world"]', b'["world","customers"]', LogDamaged),
        (b'"block_events":4', b'"block_events":0', LogDamaged),
        (b'"toy"', b'"\xff"', LogDamaged),
        (b"}\n", b"}\r\n", LogDamaged),
        (b'{"genesis"', b'\xef\xbb\xbf{"genesis"', LogDamaged),
        (b'{"genesis"', b'{"Genesis"', LogDamaged),
    ],
)
def test_genesis_has_one_spelling(old, new, error):
    assert old in genesis().encode()
    with pytest.raises(error):
        Genesis.decode(genesis().encode().replace(old, new))


def test_a_seal_covers_its_own_bytes_up_to_the_hash():
    seal = Seal.of(0, 0, 1, event(0, 1), genesis().digest(), STATE)
    line = seal.encode()

    assert seal.prev == hashlib.sha256(b"circle/genesis/1\n" + genesis().encode()).hexdigest()
    assert seal.lines == hashlib.sha256(event(0, 1)).hexdigest()
    assert seal.hash == hashlib.sha256(b"circle/seal/1\n" + line[: line.index(b',"hash":')]).hexdigest()
    assert Seal.decode(line) == seal
    assert Seal.decode(line.replace(b'"count":1', b'"count":2')) is None


def test_the_state_digest_sorts_whole_lines_and_leaves_out_zeros():
    held = {("b", "Assets:Cash", "USD"): -5, ("a", "Assets:Cash", "USD"): 5, ("a", "Assets:Units", "GPU:x"): 0}

    due = hashlib.sha256(b"a\tAssets:Cash\tUSD\t5\nb\tAssets:Cash\tUSD\t-5\n").hexdigest()
    assert state_digest(held) == state_digest(dict(reversed(held.items()))) == due


@pytest.mark.parametrize("name", ["a\tb", "a\nb"])
def test_no_name_in_a_state_holds_a_tab_or_a_newline(name):
    with pytest.raises(Problem):
        state_digest({(name, "Assets:Cash", "USD"): 1})


def test_blocks_come_back_line_by_line_and_end_where_the_run_ends(tmp_path):
    run(tmp_path)

    blocks = list(read_blocks(tmp_path / "events.jsonl"))

    told = b"".join(b"".join(block.lines) + block.seal.encode() for block in blocks)
    assert genesis().encode() + told == log_bytes(tmp_path)
    assert next(block.offset for block in blocks) == len(genesis().encode())


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_flipping_any_byte_is_never_accepted(tmp_path, step):
    """
    Damage is 4; in the last seal, and at the very end, the log looks unfinished, 5; in the format number, 9.
    """
    run(tmp_path / "run")
    whole = log_bytes(tmp_path / "run")
    last_seal = whole.rindex(b'{"seal":') - 1
    path = tmp_path / "flipped"
    for at in range(0, len(whole), step):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 7
        path.write_bytes(flipped)
        with pytest.raises(Problem) as caught:
            list(read_blocks(path))
        allowed = {4, 5} if at >= last_seal else {4, 9} if at <= len(b'{"genesis":1') else {4}
        assert caught.value.code in allowed, (at, caught.value)


def test_deleting_doubling_or_swapping_any_line_is_never_accepted(tmp_path):
    run(tmp_path / "run")
    lines = log_bytes(tmp_path / "run").splitlines(keepends=True)
    path = tmp_path / "edited"
    edits = [lines[:at] + lines[at + 1 :] for at in range(len(lines))]
    edits += [lines[: at + 1] + lines[at:] for at in range(len(lines))]
    edits += [[*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]] for at in range(len(lines) - 1)]
    for edited in edits:
        path.write_bytes(b"".join(edited))
        with pytest.raises((LogDamaged, LogIncomplete)):
            list(read_blocks(path))


@pytest.mark.parametrize(
    ("counts", "state", "why"),
    [((3,), "", "before it is full"), ((4,), STATE, "if and only if"), ((5,), "", "a full block is not sealed")],
)
def test_a_chain_sealed_elsewhere_than_the_content_says_is_damage(tmp_path, counts, state, why):
    """
    Even when every hash was computed anew.
    """
    written, prev, seq = genesis(block_bytes=9999).encode(), genesis(block_bytes=9999).digest(), 0
    for number, count in enumerate(counts):
        body = b"".join(event(seq + each, 1) for each in range(count))
        seal = Seal.of(number, seq, count, body, prev, state)
        written, prev, seq = written + body + seal.encode(), seal.hash, seq + count
    (tmp_path / "log").write_bytes(written)

    with pytest.raises(LogDamaged, match=why):
        list(read_blocks(tmp_path / "log"))


def test_a_month_closed_within_a_block_is_damage(tmp_path):
    body = event(0, 1, "MonthClosed") + event(1, 2, "RunEnded")
    seal = Seal.of(0, 0, 2, body, genesis().digest(), STATE)
    (tmp_path / "log").write_bytes(genesis().encode() + body + seal.encode())

    with pytest.raises(LogDamaged, match="in the middle"):
        list(read_blocks(tmp_path / "log"))


def test_nothing_sealed_follows_the_end_of_the_run(tmp_path):
    run(tmp_path)
    with Log(tmp_path / "events.jsonl") as log:
        *_, last = log
    more = event(11, 3, "RunEnded")
    seal = Seal.of(5, 11, 1, more, last.seal.hash, STATE)
    (tmp_path / "events.jsonl").write_bytes(log_bytes(tmp_path) + more + seal.encode())

    with pytest.raises(LogDamaged, match="after RunEnded"):
        list(read_blocks(tmp_path / "events.jsonl"))


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", LogDamaged, "empty"),
        (b"\xef\xbb\xbf" + genesis().encode(), LogDamaged, "byte-order mark"),
        (b"hello\n", LogDamaged, "no event log"),
        (b"hello", LogDamaged, "genesis line"),
        (b"x" * 70_000, LogDamaged, "genesis line"),
        (genesis().encode(), LogIncomplete, "no block is sealed yet"),
        (genesis().encode()[:50], LogIncomplete, "torn tail of 50 bytes"),
        (b"\0" * 50, LogIncomplete, "zero-filled tail of 50 bytes"),
        (genesis().encode() + event(0, 1), LogIncomplete, "unsealed tail of .* 1 whole event"),
        (genesis().encode() + event(0, 1) + event(1, 1)[:-5], LogIncomplete, "torn tail of .* 1 whole event"),
        (genesis().encode() + event(0, 1) + b"\0" * 99, LogIncomplete, "torn tail"),
    ],
)
def test_what_is_no_whole_log_says_what_it_is(tmp_path, data, error, words):
    (tmp_path / "log").write_bytes(data)

    with pytest.raises(error, match=words):
        list(read_blocks(tmp_path / "log"))


def test_a_missing_log_is_a_wrong_path(tmp_path):
    with pytest.raises(Usage, match="no log here"):
        Log(tmp_path / "events.jsonl")


def test_reading_needs_the_memory_of_a_block_and_not_of_the_log(tmp_path):
    """
    A line without end, and a torn tail of many megabytes, are not read into memory either.
    """
    run(tmp_path)
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b'{"seq":11,' + b"x" * 20_000_000)

    tracemalloc.start()
    with pytest.raises(LogIncomplete):
        list(read_blocks(tmp_path / "events.jsonl"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
