"""Rows A and C of the table of faults that change the bytes of a log: none of them may pass for a whole one.

Every row is a change of a good log and the codes that a checker may answer. A checker is any callable from the path of
an `events.jsonl` to an exit code, with a good log that it accepts: add one to `CHECKERS` and it runs through all rows.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from events import verify
from events.problems import Problem
from events.replay import replay
from tests import plain_log, real_log

DAMAGED, INCOMPLETE, BROKEN_STORY, OTHER_FORMAT = 4, 5, 7, 9


class Row(NamedTuple):
    """One way to change a log, and what may be said of it."""

    name: str
    log: bytes
    codes: tuple[int, ...]


def verifier(path: Path) -> int:
    """The exit code of the independent verifier."""
    try:
        verify.verify(path)
    except verify.Problem as problem:
        return problem.args[0]
    return 0


def product(path: Path) -> int:
    """The exit code of the checker that knows the catalogue."""
    try:
        replay(path)
    except Problem as problem:
        return problem.code
    return 0


CHECKERS: dict[str, tuple[Callable[[Path], int], Callable[[], bytes]]] = {
    "verify": (verifier, plain_log.write),
    "verify, a real log": (verifier, real_log.write),
    "replay": (product, real_log.write),
}


def is_seal(line: bytes) -> bool:
    return line.startswith(b'{"seal":')


def last_seal(log: bytes) -> int:
    """Where the last seal begins."""
    return log.rindex(b'{"seal":')


def flips(log: bytes, step: int = 1) -> Iterator[Row]:
    """C1: every bit, or every `step`-th."""
    version = log.index(b"1")
    for bit in range(0, 8 * len(log), step):
        at = bit // 8
        flipped = log[:at] + bytes([log[at] ^ 1 << bit % 8]) + log[at + 1 :]
        in_seal = at >= last_seal(log)
        codes = (DAMAGED, INCOMPLETE) if in_seal else (DAMAGED, OTHER_FORMAT) if at == version else (DAMAGED,)
        yield Row(f"C1: bit {bit % 8} of byte {at} flipped", flipped, codes)


def truncations(log: bytes, step: int = 1) -> Iterator[Row]:
    """A2: every length; the empty file is damage, all others are unfinished."""
    yield Row("C10: an empty file", b"", (DAMAGED,))
    for size in range(1, len(log), step):
        yield Row(f"A2: cut after {size} bytes", log[:size], (INCOMPLETE,))


def tails(log: bytes) -> Iterator[Row]:
    """A3, A9, C10: what a crash leaves after the last seal, and logs that only begin."""
    lines = log.splitlines(keepends=True)
    unfinished = log[: log[: last_seal(log)].rindex(b'{"seal":')]
    for size in (1, 2, 511, 512, 4096):
        yield Row(f"A3: {size} zero bytes after a whole log", log + bytes(size), (INCOMPLETE,))
        yield Row(f"A3: {size} zero bytes after an unfinished log", unfinished + bytes(size), (INCOMPLETE,))
    yield Row("A9: whole events without their seal", log[: last_seal(log)], (INCOMPLETE,))
    yield Row("C10: genesis only", lines[0], (INCOMPLETE,))
    yield Row("C10: genesis and an event", lines[0] + lines[1], (INCOMPLETE,))
    yield Row("C8: a byte-order mark", b"\xef\xbb\xbf" + log, (DAMAGED,))
    yield Row("J1: format 2", log.replace(b'{"genesis":1,', b'{"genesis":2,'), (OTHER_FORMAT,))
    for at, line in enumerate(lines):
        if is_seal(line) and at < len(lines) - 1:
            cut = b"".join(lines[: at + 1])
            yield Row(f"C4: cut after line {at + 1}, a seal", cut, (INCOMPLETE,))
            zeros = cut + bytes(len(lines[at + 1])) + b"".join(lines[at + 2 :])
            yield Row(f"A3: line {at + 2} zero-filled above a seal", zeros, (DAMAGED,))


def moves(log: bytes) -> Iterator[Row]:
    """C2: every line deleted, doubled, swapped with the next."""
    lines = log.splitlines(keepends=True)
    for at, line in enumerate(lines):
        left, right = lines[:at], lines[at + 1 :]
        last = not right
        codes = (DAMAGED, INCOMPLETE) if last else (DAMAGED,)
        yield Row(f"C2: line {at + 1} deleted", b"".join(left + right), codes)
        yield Row(f"C2: line {at + 1} doubled", b"".join([*left, line, line, *right]), (DAMAGED,))
        if right:
            yield Row(
                f"C2: lines {at + 1} and {at + 2} swapped", b"".join([*left, right[0], line, *right[1:]]), (DAMAGED,)
            )


def first_moving(story: list[dict]) -> int:
    """The first event that moves something."""
    return next(at for at, fact in enumerate(story) if fact["post"])


def moving(story: list[dict], post: list[tuple], **fields: object) -> dict:
    """An event of the last day with these postings, of a kind that every reader of this story knows."""
    fact = story[first_moving(story)] | {"date": story[-1]["date"], "cause": 0, "actor": "model"}
    return fact | {"post": [list(posting) for posting in post]} | fields


def with_amount_changed(story: list[dict]) -> list[dict]:
    """One posting larger, its event out of balance."""
    at = first_moving(story)
    (*name, quantity), *others = story[at]["post"]
    return [*story[:at], {**story[at], "post": [[*name, quantity + 1], *others]}, *story[at + 1 :]]


def with_cash_from_nowhere(story: list[dict]) -> list[dict]:
    """Each firm's dollars sum to zero, but one receives what none paid."""
    firm = story[first_moving(story)]["post"][0][0]
    return with_postings(story, [[firm, "Assets:Cash", "USD", 5], [firm, "Equity:Opening", "USD", -5]])


def with_postings(story: list[dict], post: list[list], position: int = -1, **fields: object) -> list[dict]:
    """More postings in an event of the story, by default the last."""
    position %= len(story)
    fact = story[position]
    return [*story[:position], {**fact, "post": [*fact["post"], *post], **fields}, *story[position + 1 :]]


def with_dollars_of_one_firm_on_another(story: list[dict]) -> list[dict]:
    """All dollars sum to zero, and cash does, but those of neither firm."""
    return with_postings(story, [["lab", "Expenses:Running", "USD", 5], ["cloud", "Income:Compute", "USD", -5]])


def with_cash_against_a_receivable(story: list[dict]) -> list[dict]:
    """Each firm's dollars sum to zero, but what one pays in cash nobody receives in cash."""
    paid = [["lab", "Expenses:Running", "USD", 5], ["lab", "Assets:Cash", "USD", -5]]
    return with_postings(
        story, [*paid, ["cloud", "Assets:Receivable", "USD", 5], ["cloud", "Income:Compute", "USD", -5]]
    )


def with_one_unit_for_another(story: list[dict]) -> list[dict]:
    """As many of one unit come into the world as go of another."""
    return with_postings(story, [["world", "Assets:Units", "GPU:old", -5], ["lab", "Assets:Units", "GPU:new", 5]])


def with_a_pledge_of_nothing(story: list[dict]) -> list[dict]:
    """A firm pledges one GPU of a kind that it never had."""
    return with_postings(story, plain_log.pledged("lab", "bank", 1, "new"))


def with_floor_broken(story: list[dict]) -> list[dict]:
    """A firm gives units that it never had."""
    return with_postings(story, plain_log.moved("lab", "cloud", 1, "SHARE:nobody"))


def with_gpus_pledged_twice(story: list[dict]) -> list[dict]:
    """Three GPUs, two pledged and two pledged again."""
    pledge = plain_log.pledged("lab", "bank", 2, "new")
    return with_postings(story, [*plain_log.moved("world", "lab", 3, "GPU:new"), *pledge, *pledge])


def with_pledged_gpus_sold(story: list[dict]) -> list[dict]:
    """Three GPUs, two pledged, then two sold: what is pledged must be there."""
    sold = plain_log.moved("lab", "cloud", 2, "GPU:new")
    bought = [*plain_log.moved("world", "lab", 3, "GPU:new"), *plain_log.pledged("lab", "bank", 2, "new")]
    return [*story[:-1], moving(story, bought), moving(story, sold), story[-1]]


def with_balance_past_its_bound(story: list[dict]) -> list[dict]:
    """Units enough for 2^63 from two givers; each posting, each line and each giver within its own bound."""
    most, at_a_time = 10**15 - 1, 250
    given = [posting for giver in ("world", "customers") for posting in plain_log.moved(giver, "lab", most, "TOKEN")]
    gift = moving(story, given * at_a_time)
    return [*story[:-1], *[gift] * (2**63 // most // at_a_time // 2 + 1), story[-1]]


def with_event_of_no_cause(story: list[dict]) -> list[dict]:
    """C9: a balanced event slipped in, nobody having caused it."""
    at = len(story) - 1
    slipped = moving(story, plain_log.paid("lab", "cloud", 1), cause=None, actor="lab")
    return [*story[:at], slipped, *story[at:]]


def with_cause_ahead(story: list[dict]) -> list[dict]:
    """An event caused by itself."""
    return with_postings(story, [], cause=len(story) - 1)


def rewrites(log: bytes) -> Iterator[Row]:
    """C9, I5 and the identities: the whole chain recomputed over a story that does not add up."""
    for change in (
        with_amount_changed, with_cash_from_nowhere, with_dollars_of_one_firm_on_another,
        with_cash_against_a_receivable, with_one_unit_for_another, with_floor_broken, with_a_pledge_of_nothing,
        with_gpus_pledged_twice, with_pledged_gpus_sold, with_balance_past_its_bound, with_event_of_no_cause,
        with_cause_ahead,
    ):  # fmt: skip
        yield Row(f"C9, identities: {change.__name__}", plain_log.rewrite(log, change), (BROKEN_STORY,))
    wrong = plain_log.rewrite(log, list, state=lambda balances: "0" * 64)
    yield Row("I5: another state digest", wrong, (BROKEN_STORY,))


def resealed(log: bytes) -> Iterator[Row]:
    """C3: the story changed in one block, that block's seal recomputed, the rest left as it was."""
    lines, changed = (text.splitlines(keepends=True) for text in (log, plain_log.rewrite(log, with_amount_changed)))
    first = next(at for at, line in enumerate(changed) if is_seal(line) and line != lines[at])
    mixed = changed[: first + 1] + lines[first + 1 :]
    yield Row("C3: an amount changed and its block sealed again", b"".join(mixed), (DAMAGED,))
    slipped = plain_log.rewrite(log, with_event_of_no_cause).splitlines(keepends=True)
    new = next(line for line in slipped if line not in lines and not is_seal(line))
    at = slipped.index(new)
    yield Row("C9: an event slipped in, no seal recomputed", b"".join([*lines[:at], new, *lines[at:]]), (DAMAGED,))


def rows(log: bytes, step: int = 1) -> Iterator[Row]:
    """Every way to change a log; of bits and lengths each `step`-th."""
    yield from flips(log, step)
    yield from truncations(log, step)
    for group in (tails, moves, resealed, rewrites):
        yield from group(log)


def disagreements(checker: Callable[[Path], int], changed: Iterator[Row], folder: Path) -> list[str]:
    """The rows where a checker answers what it may not."""
    path = folder / "events.jsonl"
    wrong = []
    for row in changed:
        path.write_bytes(row.log)
        code = checker(path)
        if code not in row.codes:
            wrong.append(f"{row.name}: {code} instead of {row.codes}")
    return wrong


@pytest.fixture(params=CHECKERS)
def checked(request):
    """A checker and a good log for it."""
    checker, good = CHECKERS[request.param]
    return checker, good()


def test_a_good_log_passes(checked, tmp_path):
    checker, log = checked
    assert disagreements(checker, iter([Row("unchanged", log, (0,))]), tmp_path) == []


def test_no_change_of_a_log_passes_for_a_whole_one(checked, tmp_path):
    """
    C1 and A2 by every 7th bit and byte, so that each bit of a byte has its turn; all else in full.
    """
    checker, log = checked
    assert disagreements(checker, rows(log, step=7), tmp_path) == []


@pytest.mark.slow
def test_no_bit_and_no_length_is_missed(checked, tmp_path):
    checker, log = checked
    assert disagreements(checker, rows(log), tmp_path) == []


def parted(changed: Iterator[Row], folder: Path) -> list[str]:
    """The rows of which the two checkers say different things."""
    path = folder / "events.jsonl"
    wrong = []
    for row in changed:
        path.write_bytes(row.log)
        codes = verifier(path), product(path)
        if codes[0] != codes[1] or 0 in codes:
            wrong.append(f"{row.name}: verify says {codes[0]}, replay {codes[1]}")
    return wrong


def test_both_checkers_answer_every_row_with_the_same_code(tmp_path):
    """
    Of bits and lengths every 61st.
    """
    assert parted(rows(real_log.write(), step=61), tmp_path) == []


@pytest.mark.slow
def test_both_checkers_answer_every_bit_and_length_with_the_same_code(tmp_path):
    assert parted(rows(real_log.write()), tmp_path) == []


def test_canary_a_checker_that_always_says_yes_fails_every_row(tmp_path):
    log = plain_log.write()
    changed = list(rows(log, step=7))
    assert len(changed) > 2000
    assert len(disagreements(lambda path: 0, iter(changed), tmp_path)) == len(changed)
