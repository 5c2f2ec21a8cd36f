"""What a scenario's fields may say: types, bounds, references, annotations, contracts of a kind."""

import pytest

from events.units import MAX_POSTING
from tests.small_world import WORLD, Equity, Loan, RateStep, Row, Supply, YearAmount, complaints, loaded, only


def changed(old: str, new: str) -> str:
    assert WORLD.count(old) == 1
    return WORLD.replace(old, new)


def test_a_scenario_becomes_objects_of_its_schema(tmp_path):
    world = loaded(tmp_path).scenario

    assert (world.opens, world.ends_day, world.market.growth_ppm) == ("2025-09-30", 365, -300_000)
    assert world.firms["openai"].shares_outstanding == 160_000_000
    assert world.contracts["chips"].terms == Supply(
        maker="nvidia",
        lab="openai",
        tranches=(
            Row(kw=1_000_000, day=366, buyer="openai", generation="blackwell"),
            Row(kw=500_000, day=731, buyer="world", generation="blackwell", serves="loan"),
        ),
    )
    assert world.contracts["loan"].terms == Loan(
        lender="world",
        borrower="openai",
        amount_cents=140_000_000_000_000,
        minimums=(
            YearAmount(year=2026, amount_cents=800_000_000_000),
            YearAmount(year=2027, amount_cents=900_000_000_000),
        ),
        rates=(RateStep(day=0, rate_ppm=200_000), RateStep(day=458, rate_ppm=96_200)),
        end_day=1_918,
    )


def test_the_order_of_entries_in_a_file_changes_nothing(tmp_path):
    there = loaded(tmp_path)
    back = loaded(
        tmp_path, changed("minimums: {2026: 8 bn USD, 2027: 9 bn USD}", "minimums: {2027: 9 bn USD, 2026: 8 bn USD}")
    )

    assert back.scenario == there.scenario and back.resolved == there.resolved
    assert list(there.scenario.contracts) == ["chips", "loan"]
    assert list(loaded(tmp_path, changed("  nvidia:\n", "  world: {}\n  nvidia:\n")).scenario.firms) == [
        "nvidia", "openai", "world",
    ]  # fmt: skip


def test_all_complaints_come_at_once_in_the_order_of_the_lines(tmp_path):
    text = WORLD.replace("56.8 bn USD", "56.8").replace("maker: nvidia", "maker: nvida").replace("20 %", "0.2")

    found = complaints(tmp_path, text + "colour: red\n")

    assert [(c.line, c.path) for c in found] == [
        (5, "firms.nvidia.cash"),
        (14, "contracts.chips.maker"),
        (26, "contracts.loan.rates.2025-09-30"),
        (31, ""),
    ]


def test_a_complaint_is_one_line_with_place_finding_rule_and_advice(tmp_path):
    text = changed("56.8 bn USD", '"56.8\\e[31m\\u202e bn"')

    line = str(only(complaints(tmp_path, text)))

    where = f"error[3] {tmp_path}/world.yaml:5:11: firms.nvidia.cash: "
    assert line == where + (
        '"56.8\\x1b[31m\\u202e bn"; it takes money with its unit, to the cent, counted in cents '
        "(at most 999,999,999,999,999); write such as 17.5 bn USD or 0.01 USD"
    )


@pytest.mark.parametrize(
    "old, new, path, near",
    [
        ("    cash: 56.8", "    csh: 56.8", "firms.nvidia", ("cash",)),
        ("kind: supply", "kind: suply", "contracts.chips.kind", ("supply",)),
        ("lender: world\n", "lendr: world\n    lender: world\n", "contracts.loan", ("lender", "end")),
        ("    borrower: openai", "    borrower: opena1", "contracts.loan.borrower", ("openai",)),
        ("serves: loan", "serves: laon", "contracts.chips.tranches.2.serves", ("loan",)),
        ("  blackwell: {}", "  blackwel: {}", "contracts.chips.tranches.1.generation", ("blackwel",)),
        ("kind: loan", "kind: loan\n    status: bindng", "contracts.loan.status", ("binding",)),
        ("confidence: filed", "confidence: files", "contracts.loan.amount.confidence", ("filed",)),
        ("assumption: no filing", "asumption: no filing, assumption: x", "firms.openai.cash", ("assumption",)),
    ],
)
def test_a_misspelt_name_is_told_with_the_nearest_valid_one(tmp_path, old, new, path, near):
    found = complaints(tmp_path, changed(old, new))

    assert (found[0].path, found[0].nearest) == (path, near)
    assert "did you mean" in str(found[0])


@pytest.mark.parametrize(
    "old, path, line",
    [
        ("name: small\n", "name", 1),
        ("    lender: world\n", "contracts.loan.lender", 20),
        ("    kind: loan\n", "contracts.loan.kind", 20),
        ("kw: 1 GW, ", "contracts.chips.tranches.1.kw", 17),
    ],
)
def test_a_missing_field_is_told_at_its_mapping(tmp_path, old, path, line):
    complaint = only(complaints(tmp_path, changed(old, "")))

    assert (complaint.path, complaint.line) == (path, line)
    assert complaint.found == f"no field {path.rpartition('.')[2]}"


@pytest.mark.parametrize(
    "old, new, rule",
    [
        ("kw: 1 GW", "kw: 0 kW", "more than 0 kW"),
        ("day: 2026-10-01", "day: 2025-09-29", "at least 2025-09-30"),
        ("end: 2030-12-31", "end: 2025-09-30", "more than 2025-09-30"),
        ("growth: -30 %", "growth: 100.0001 %", "at most 100 %"),
        ("growth: -30 %", "growth: -101 %", "at least -100 %"),
        ("{2026: 8 bn USD", "{1999: 8 bn USD", "at least 2000"),
        ("2026: 8 bn USD", "2026: -0.01 USD", "at least 0 USD"),
        ("160 m shares", "-1", "at least 0"),
        ("value: 1.4 tn USD", "value: 0 USD", "more than 0 USD"),
    ],
)
def test_a_fields_own_bound_is_told_in_the_fields_unit(tmp_path, old, new, rule):
    complaint = only(complaints(tmp_path, changed(old, new)))

    assert complaint.rule == f"it has to be {rule}"


def test_what_the_fields_of_one_object_say_together_is_checked_too(tmp_path):
    complaint = only(complaints(tmp_path, changed("cash: 56.8 bn USD", "owners: {a: 60, b: 41}")))

    assert (complaint.line, complaint.rule) == (5, "owners hold more than all of it")


@pytest.mark.parametrize("name", ["OpenAI", "a.b", "1st", "-x", "a b", "é", "x" * 61, "''"])
def test_a_name_has_small_letters_digits_and_hyphens(tmp_path, name):
    complaint = only(complaints(tmp_path, changed("  nvidia:\n", f"  {name}: {{}}\n  nvidia:\n")))

    assert complaint.found.startswith("the name ")


@pytest.mark.parametrize(
    "old, new, path",
    [
        ("name: small", "name: 7", "name"),
        ("name: small", "name: true", "name"),
        ("name: small", "name: [a]", "name"),
        ("cash: 56.8 bn USD", "listed: yes", "firms.nvidia.listed"),
        ("cash: 56.8 bn USD", 'listed: "true"', "firms.nvidia.listed"),
        ("cash: 56.8 bn USD", "listed: 1", "firms.nvidia.listed"),
        ("  growth: -30 %", "  founded: 2025", "market.founded"),
        ("  growth: -30 %", "  founded: 2025-02-30", "market.founded"),
        ("  growth: -30 %", "  founded: 20250203", "market.founded"),
        ("end: 2030-12-31", "end: 1918", "contracts.loan.end"),
        ("end: 2030-12-31", "end: 2030-12-31T00:00:00", "contracts.loan.end"),
        ("  nvidia:\n    cash: 56.8 bn USD", "  nvidia: rich", "firms.nvidia"),
        ("minimums: {2026: 8 bn USD, 2027: 9 bn USD}", "minimums: 8 bn USD", "contracts.loan.minimums"),
        (
            "minimums: {2026: 8 bn USD, 2027: 9 bn USD}",
            "minimums: {2026.0: 8 bn USD}",
            "contracts.loan.minimums.2026.0",
        ),
    ],
)
def test_a_value_is_of_its_fields_type_and_never_made_to_fit(tmp_path, old, new, path):
    assert only(complaints(tmp_path, changed(old, new))).path == path


def test_a_text_that_looks_like_a_truth_or_a_date_stays_what_was_written(tmp_path):
    assert loaded(tmp_path, changed("name: small", "name: NO")).scenario.name == "NO"
    assert loaded(tmp_path, changed("name: small", "name: 2025-09-30")).scenario.name == "2025-09-30"
    assert loaded(tmp_path, changed("name: small", "name: 010")).scenario.name == "010"


def test_rows_of_two_fields_may_be_a_list_as_well(tmp_path):
    rows = "minimums: [{year: 2026, amount: 8 bn USD}, {year: 2027, amount: 9 bn USD}]"
    text = changed("minimums: {2026: 8 bn USD, 2027: 9 bn USD}", rows)

    assert loaded(tmp_path, text).scenario == loaded(tmp_path).scenario


def test_annotations_are_kept_beside_the_value_and_leave_it_as_it_is(tmp_path):
    text = changed("{2026: 8 bn USD,", "{2026: {value: 8 bn USD, assumption: x, range: [0.01 USD, 9 bn USD], note: y},")
    world = loaded(tmp_path, text)

    assert world.scenario == loaded(tmp_path).scenario
    assert world.origins["contracts.loan.amount"] == {
        "file": "world.yaml", "line": 23,
        "source": "https://example.org/a", "date": "2025-10-06", "confidence": "filed",
    }  # fmt: skip
    assert world.origins["contracts.loan.minimums.2026"] == {
        "file": "world.yaml", "line": 24, "assumption": "x", "range": (1, 900_000_000_000), "note": "y",
    }  # fmt: skip
    assert world.origins["name"] == {"file": "world.yaml", "line": 1}


def test_a_whole_schedule_may_have_one_source(tmp_path):
    schedule = "{value: {2026: 8 bn USD, 2027: 9 bn USD}, source: a, date: 2025-10-06}"
    world = loaded(tmp_path, changed("{2026: 8 bn USD, 2027: 9 bn USD}", schedule))

    assert world.scenario == loaded(tmp_path).scenario
    assert world.origins["contracts.loan.minimums"]["source"] == "a"
    assert "contracts.loan.minimums.2026" in world.settable


@pytest.mark.parametrize(
    "annotated, words",
    [
        ("{value: 5 USD}", "neither source nor assumption"),
        ("{value: 5 USD, note: x}", "neither source nor assumption"),
        ("{value: 5 USD, source: x}", "a source without date"),
        ("{value: 5 USD, assumption: x}", "an assumption without range"),
        ("{value: 5 USD, assumption: x, range: [6 USD, 7 USD]}", "a range without the value"),
        ("{value: 5 USD, assumption: x, range: [7 USD, 4 USD]}", "a list of 2"),
        ("{value: 5 USD, assumption: x, range: [4 USD]}", "a list of 1"),
        ("{value: 5 USD, assumption: x, range: [4, 7 USD]}", "4"),
        ("{value: 5 USD, assumption: x, range: 4 USD}", '"4 USD"'),
        ("{value: 5 USD, source: x, date: yesterday}", '"yesterday"'),
        ("{value: 5 USD, source: x, date: 2025-10-06, confidence: high}", '"high"'),
        ("{value: 5 USD, source: [x], date: 2025-10-06}", "a list of 1"),
        ("{value: {value: 5 USD, source: x, date: 2025-10-06}, source: x, date: 2025-10-06}", "a mapping of 3"),
        ("{source: x, date: 2025-10-06}", "a mapping of 2"),
    ],
)
def test_an_annotation_names_a_source_with_its_date_or_an_assumption_with_its_range(tmp_path, annotated, words):
    assert only(complaints(tmp_path, changed("56.8 bn USD", annotated))).found == words


def test_the_range_of_a_choice_lists_the_others_that_were_considered(tmp_path):
    status = "status: {value: binding, assumption: x, range: [binding, announced]}"
    world = loaded(tmp_path, changed("kind: loan", f"kind: loan\n    {status}"))

    assert world.scenario.contracts["loan"].status == "binding"
    assert world.origins["contracts.loan.status"]["range"] == ("binding", "announced")


@pytest.mark.parametrize(
    "old, new, path",
    [
        ("borrower: openai", "borrower: world", "contracts.loan"),
        ("borrower: openai", "borrower: openai\n    guarantor: openai", "contracts.loan"),
        ("    lab: openai", "    lab: nvidia", "contracts.chips"),
        ("buyer: openai", "buyer: nvidia", "contracts.chips.tranches.1"),
    ],
)
def test_nobody_deals_with_itself(tmp_path, old, new, path):
    complaint = only(complaints(tmp_path, changed(old, new)))

    assert (complaint.path, complaint.rule) == (path, "nobody deals with itself")


def test_a_maker_may_invest_in_the_lab_that_buys_from_it(tmp_path):
    text = changed("market:\n", "  stake: {kind: equity, investor: nvidia, investee: openai, maker: nvidia}\nmarket:\n")

    assert loaded(tmp_path, text).scenario.contracts["stake"].terms == Equity(
        investor="nvidia", investee="openai", maker="nvidia"
    )


def test_a_reference_to_nobody_is_allowed_where_it_is_the_default(tmp_path):
    assert (
        loaded(tmp_path, changed("lender: world", 'lender: world\n    guarantor: ""')).scenario
        == loaded(tmp_path).scenario
    )
    assert only(complaints(tmp_path, changed("lender: world", 'lender: ""'))).path == "contracts.loan.lender"


@pytest.mark.parametrize("amount, good", [(MAX_POSTING - 1, True), (MAX_POSTING, True), (MAX_POSTING + 1, False)])
@pytest.mark.parametrize("sign", ["", "-"])
def test_an_amount_is_at_most_the_bound_of_a_posting(tmp_path, amount, good, sign):
    text = changed("56.8 bn USD", f"{sign}{amount // 100}.{amount % 100:02d} USD")

    if good:
        assert abs(loaded(tmp_path, text).scenario.firms["nvidia"].cash_cents) == amount
    else:
        assert only(complaints(tmp_path, text)).path == "firms.nvidia.cash"


@pytest.mark.parametrize("opens", ["yesterday", "2025-13-01", "20250930", "7"])
def test_a_world_that_opens_on_no_day_gets_no_complaints_about_its_other_days(tmp_path, opens):
    found = complaints(tmp_path, changed("opens: 2025-09-30", f"opens: {opens}"))

    assert {complaint.path for complaint in found} == {"opens"}


def test_hundreds_of_complaints_are_cut_at_200(tmp_path):
    found = complaints(tmp_path, WORLD + "".join(f"x{n}: 1\n" for n in range(1_000)))

    assert len(found) == 200
