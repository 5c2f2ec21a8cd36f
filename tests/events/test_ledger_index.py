"""The ledger's lookups by firm and by asset say what all balances say, whatever was posted and taken back."""

from hypothesis import given
from hypothesis import strategies as st

from events.ledger import Ledger

FIRMS, ACCOUNTS, ASSETS = "abc", ("Assets:Cash", "Assets:Units", "Liabilities:Loan"), ("USD", "SHARE:a", "GPU:x")
LINES = st.lists(
    st.tuples(st.sampled_from(FIRMS), st.sampled_from(ACCOUNTS), st.sampled_from(ASSETS), st.integers(-5, 5)),
    max_size=6,
)
STEPS = st.lists(st.tuples(st.sampled_from(["post", "commit", "undo", "look"]), LINES), max_size=30)


def looked_up_rightly(ledger: Ledger) -> None:
    for firm in FIRMS:
        assert sorted(ledger.keys_of(firm)) == sorted(key for key in ledger.balances if key[0] == firm)
        plain = {a: n for (f, a, asset), n in sorted(ledger.balances.items()) if f == firm and asset == "USD" and n}
        assert ledger.sheet(firm) == plain
    for asset in ASSETS:
        assert sorted(ledger.keys_in(asset)) == sorted(key for key in ledger.balances if key[2] == asset)


@given(STEPS)
def test_lookups_follow_posts_commits_and_undone_posts(steps):
    ledger = Ledger()
    for what, lines in steps:
        if what == "post":
            ledger.post(lines)
        elif what == "commit":
            ledger.commit(ledger.after(lines))
        elif what == "undo":
            before = dict(ledger.balances)
            ledger.post(lines)
            if lines and lines[0][3] > 0:
                looked_up_rightly(ledger)  # an index that has seen what is about to be taken back
            ledger.undo(lines, len(before))
            assert ledger.balances == before
        else:
            looked_up_rightly(ledger)
    looked_up_rightly(ledger)
