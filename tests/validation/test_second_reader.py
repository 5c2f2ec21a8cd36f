"""
A second reader of the log, written from docs/log-format.md in SQL alone: blocks, chain, sequence, identities and the
digest of every balance at each month's end, with nothing of ours between the file and the answers.
"""

import pytest

from events.log import NAME
from events.replay import replay
from model.run import run
from model.scenario import load
from tests.kept import SCENARIOS

duckdb = pytest.importorskip("duckdb")

READ = """
CREATE TABLE lines AS
    SELECT row_number() OVER () AS place, line
    FROM (SELECT unnest(string_split(rtrim(content, chr(10)), chr(10))) AS line FROM read_text($path));
CREATE TABLE seals AS
    SELECT place, line, json->>'hash' AS hash, json->>'prev' AS prev, json->>'lines' AS lines, json->>'state' AS state,
        (json->>'count')::BIGINT AS count, (json->>'bytes')::BIGINT AS bytes, (json->>'next')::BIGINT AS next,
        coalesce(lag(place) OVER (ORDER BY place), 1) AS before
    FROM (SELECT place, line, line::JSON AS json FROM lines WHERE line LIKE '{"seal":%');
CREATE TABLE events AS
    SELECT place, line, (json->>'seq')::BIGINT AS seq, json->>'date' AS date, (json->>'cause')::BIGINT AS cause,
        json->>'actor' AS actor, json->'post' AS post
    FROM (SELECT place, line, line::JSON AS json FROM lines WHERE line LIKE '{"seq":%');
CREATE TABLE post AS
    SELECT place, seq, p->>0 AS firm, p->>1 AS account, p->>2 AS asset, (p->>3)::BIGINT AS quantity
    FROM (SELECT place, seq, unnest(from_json(post, '["JSON"]')) AS p FROM events);
"""

WRONG = {
    "a block's lines are not those that its seal states": """
        SELECT s.place FROM seals s JOIN events e ON e.place > s.before AND e.place < s.place
        GROUP BY s.place, s.lines, s.count, s.bytes
        HAVING sha256(string_agg(e.line || chr(10), '' ORDER BY e.place)) <> s.lines OR count(*) <> s.count
            OR sum(strlen(e.line) + 1) <> s.bytes""",
    "a seal's own hash does not follow from its bytes": """
        SELECT place FROM seals
        WHERE sha256('circle/seal/1' || chr(10) || string_split(line, ',"hash":')[1]) <> hash""",
    "a seal does not follow from the one before": """
        SELECT place FROM (SELECT place, prev, lag(hash) OVER (ORDER BY place) AS before FROM seals)
        WHERE prev <> coalesce(before, (SELECT sha256('circle/genesis/1' || chr(10) || line || chr(10)) FROM lines
            WHERE place = 1))""",
    "numbers are not gap-free, or a day goes back": """
        SELECT place FROM (SELECT place, seq, date, row_number() OVER (ORDER BY place) - 1 AS due,
            lag(date) OVER (ORDER BY place) AS day FROM events) WHERE seq <> due OR date < day""",
    "a cause does not come before": """
        SELECT place FROM events WHERE cause >= seq OR (cause IS NULL AND actor <> 'scenario')""",
    "a firm's dollars do not sum to zero": """
        SELECT seq FROM post WHERE asset = 'USD' GROUP BY seq, firm HAVING sum(quantity) <> 0""",
    "cash, or an asset, does not sum to zero": """
        SELECT seq FROM post WHERE asset <> 'USD' OR account = 'Assets:Cash'
        GROUP BY seq, asset HAVING sum(quantity) <> 0""",
    "a month's balances have another digest": """
        SELECT place FROM (
            SELECT s.place, s.state, (
                SELECT sha256(coalesce(string_agg(row, '' ORDER BY row), '')) FROM (
                    SELECT concat(firm, chr(9), account, chr(9), asset, chr(9), sum(quantity)::BIGINT, chr(10)) AS row
                    FROM post p WHERE p.place < s.place GROUP BY firm, account, asset HAVING sum(quantity) <> 0)
            ) AS found FROM seals s WHERE s.state <> '')
        WHERE found <> state""",
}


def problems(path):
    """What the second reader finds wrong, in words; and the head and the number of events."""
    with duckdb.connect(":memory:") as database:
        for statement in READ.split(";"):
            if statement.strip():
                database.execute(statement, {"path": str(path)} if "$path" in statement else None)
        found = [what for what, sql in WRONG.items() if database.execute(sql).fetchall()]
        (head,) = database.execute("SELECT arg_max(hash, place) FROM seals").fetchone()
        (count,) = database.execute("SELECT count(*) FROM events").fetchone()
    return found, head, count


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return run(load(SCENARIOS / "tiny.yaml"), tmp_path_factory.mktemp("runs")).folder


def test_the_second_reader_agrees_with_the_first(folder):
    found = replay(folder)
    assert problems(folder / NAME) == ([], found.head, found.events)


@pytest.mark.parametrize("part", range(12))
def test_the_second_reader_sees_a_changed_digit_anywhere(folder, tmp_path, part):
    lines = (folder / NAME).read_bytes().splitlines(keepends=True)
    at = 1 + part * (len(lines) - 2) // 12
    places = [place for place, byte in enumerate(lines[at]) if byte in b"123456789"]
    place = places[-1]
    changed = lines[at][:place] + (b"1" if lines[at][place : place + 1] != b"1" else b"2") + lines[at][place + 1 :]
    path = tmp_path / NAME
    path.write_bytes(b"".join([*lines[:at], changed, *lines[at + 1 :]]))
    assert problems(path)[0]


@pytest.mark.parametrize("how", ["lost", "doubled", "swapped"])
def test_the_second_reader_sees_a_line_that_moved(folder, tmp_path, how):
    lines = (folder / NAME).read_bytes().splitlines(keepends=True)
    at = len(lines) // 2
    pair = {"lost": [], "doubled": [lines[at]] * 2, "swapped": [lines[at + 1], lines[at]]}[how]
    path = tmp_path / NAME
    path.write_bytes(b"".join([*lines[:at], *pair, *lines[at + (2 if how == "swapped" else 1) :]]))
    assert problems(path)[0]
