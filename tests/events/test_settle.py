"""The one-pass check of a reader says what the three steps of the journal say, whatever the postings are."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from events.identities import broken_floor, imbalance, settle
from events.ledger import Ledger

NAMES = ("lab", "USD", "GPU:new", "PLEDGE:new", "world")
ACCOUNTS = ("Assets:Cash", "Assets:Units", "Liabilities:Units", "Equity:Opening")
SIZES = (1, 2, 5, 10**15 - 1, 10**15, 2**63 - 1)
line = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(ACCOUNTS), st.sampled_from(NAMES), st.sampled_from(SIZES)
)  # fmt: skip
entry = st.tuples(line, line).map(lambda two: [two[0], (*two[1][:2], two[0][2], -two[0][3])])
lines = st.lists(st.one_of(entry, line.map(lambda one: [one])), max_size=5).map(lambda some: tuple(chain(*some)))


@given(st.lists(lines, max_size=4), st.randoms())
def test_settling_in_one_pass_is_settling_in_steps(events, random):
    ledger, steps, outside = Ledger(), Ledger(), {"world"}
    for post in events:
        mixed = tuple(random.sample(post, len(post)))
        changed = steps.after(mixed)
        due = imbalance(mixed) or broken_floor(changed, steps, outside)
        assert bool(settle(mixed, ledger, outside)) == bool(due)
        if due:
            return
        steps.commit(changed)
        assert ledger.balances == steps.balances
