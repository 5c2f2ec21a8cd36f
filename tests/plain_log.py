"""Event logs written straight from `docs/log-format.md`, with hashlib and json alone.

The tests of the verifier need logs that are right, and logs that are wrong in one place with everything after it made
to fit again. Nothing here is shared with the code under test, nor does it check anything.
"""

import hashlib
import json
from collections import Counter

SCENARIO = b'{"name":"plain"}\n'
GENESIS = {
    "genesis": 1, "model": 1, "policy": 1, "scenario": "plain", "scenario_sha256": hashlib.sha256(SCENARIO).hexdigest(),
    "seed": 7, "generator": "PCG64", "opens": "2025-09-30", "ends": "2025-12-31", "block_events": 3,
    "block_bytes": 100_000, "outside": ["customers", "world"], "parent": "", "parent_date": "",
}  # fmt: skip


def event(kind, day, post=(), *, cause=None, actor=None, data=None, v=1, corr=""):
    """One event without its `seq`, which `write` gives."""
    actor = actor or ("scenario" if cause is None else "model")
    fields = {"date": day, "type": kind, "v": v, "cause": cause, "corr": corr, "actor": actor}
    return {**fields, "post": [list(posting) for posting in post], "data": data or {}}


def paid(payer, payee, cents):
    """A purchase in cash: a double entry in each of two firms."""
    return [
        (payer, "Expenses:Compute", "USD", cents), (payer, "Assets:Cash", "USD", -cents),
        (payee, "Assets:Cash", "USD", cents), (payee, "Income:Compute", "USD", -cents),
    ]  # fmt: skip


def moved(giver, taker, units, asset):
    """Units that change hands."""
    return [(giver, "Assets:Units", asset, -units), (taker, "Assets:Units", asset, units)]


def pledged(debtor, lender, units, generation):
    """GPUs pledged to a lender."""
    asset = f"PLEDGE:{generation}"
    return [(debtor, "Liabilities:Units", asset, -units), (lender, "Assets:Units", asset, units)]


def founded(firm, cents):
    """Cash that the outside world brought in."""
    return [
        (firm, "Assets:Cash", "USD", cents), (firm, "Equity:Opening", "USD", -cents),
        ("world", "Assets:Cash", "USD", -cents), ("world", "Equity:Opening", "USD", cents),
    ]  # fmt: skip


def events():
    """A short story in four blocks: one full by count, two months' ends, the end of the run."""
    return [
        event("FirmFounded", "2025-09-30", founded("lab", 500), data={"note": 'tab\t, "é" and \x01\x7f'}),
        event("FirmFounded", "2025-09-30", founded("cloud", 100)),
        event("GpusDelivered", "2025-10-02", moved("world", "cloud", 9, "GPU:h100"), cause=1, actor="cloud"),
        event("GpusPledged", "2025-10-02", pledged("cloud", "bank", 8, "h100"), cause=2, actor="cloud", corr="loan"),
        event("MonthClosed", "2025-10-31", cause=0, data={"by": {"a": [1, 2], "b": -3}, "month": 10}),
        event("ComputeBought", "2025-11-03", paid("lab", "cloud", 40), cause=4, actor="lab", corr="lab-cloud"),
        event("MonthClosed", "2025-11-30", cause=5),
        event("RunEnded", "2025-12-31", cause=6),
    ]


def line(value):
    """A value as one line of the log."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def sha256(content):
    """Lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def digest(balances):
    """The state digest of balances by (firm, account, asset)."""
    lines = ["\t".join((*name, str(balance))).encode() + b"\n" for name, balance in balances.items() if balance]
    return sha256(b"".join(sorted(lines)))


def sealed(block, number, following, prev, state, stated=None):
    """The seal of a block, and its hash; `stated` replaces what is true."""
    fields = {"seal": number, "next": following, "count": len(block), "bytes": sum(map(len, block)), "prev": prev}
    body = line({**fields, "lines": sha256(b"".join(block)), "state": state} | (stated or {}))[:-2]
    own = sha256(b"circle/seal/1\n" + body)
    return body + b',"hash":"' + own.encode() + b'"}\n', own


def write(story=None, genesis=None, *, state=digest):
    """
    A log of a story, every seal made to fit.

    Args:
        story: events as `event` makes them; each gets its `seq`, from 0.
        genesis: keys to change in the genesis line.
        state: what computes a state digest of the balances.

    Returns:
        the bytes of the log.
    """
    world = GENESIS | (genesis or {})
    out, block, balances = [line(world)], [], Counter()
    prev, blocks = sha256(b"circle/genesis/1\n" + out[0]), 0
    for seq, fact in enumerate(events() if story is None else story):
        block.append(line({"seq": seq, **fact}))
        for *name, quantity in fact["post"]:
            balances[tuple(name)] += quantity
        month_end = fact["type"] in ("MonthClosed", "RunEnded")
        if month_end or len(block) >= world["block_events"] or sum(map(len, block)) >= world["block_bytes"]:
            seal, prev = sealed(block, blocks, seq + 1, prev, state(balances) if month_end else "")
            out += [*block, seal]
            block, blocks = [], blocks + 1
    return b"".join(out + block)


def rewrite(log, change, **how):
    """A log whose events (a list) went through `change`, sealed afresh; `how` as in `write`."""
    genesis, *rest = map(json.loads, log.splitlines())
    story = [{key: value for key, value in fields.items() if key != "seq"} for fields in rest if "seq" in fields]
    return write(change(story), genesis, **how)


def head(log):
    """The hash of the last seal."""
    return next(fields["hash"] for fields in map(json.loads, reversed(log.splitlines())) if "seal" in fields)
