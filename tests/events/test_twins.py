"""What a log's data is read into for speed has the fields, the spelling and the bounds of the class itself."""

import msgspec
import pytest
from attrs import evolve, fields

from events import catalogue as c
from events.books import replay as fold_records
from events.replay import fold, records
from events.twins import twin
from events.units import MAX_BALANCE
from tests import real_log
from tests.every_kind import example

TWINS = {kind: twin(kind) for kind in c.CATALOGUE if twin(kind) is not None}


def test_only_a_signing_has_no_twin():
    assert set(c.CATALOGUE) - set(TWINS) == {c.ContractSigned}


@pytest.mark.parametrize("kind", TWINS)
def test_a_twin_reads_and_spells_what_its_kind_does(kind):
    event = example(kind)
    spelled = msgspec.json.encode(event, order="sorted")

    read = msgspec.json.decode(spelled, type=TWINS[kind])

    assert {one.name: getattr(read, one.name) for one in fields(kind)} == {
        one.name: getattr(event, one.name) for one in fields(kind)
    }
    assert msgspec.json.encode(read) == spelled


@pytest.mark.parametrize("kind", TWINS)
def test_a_twin_refuses_what_its_kind_refuses(kind):
    event = example(kind)
    for one in fields(kind):
        if type(getattr(event, one.name)) is not int:
            continue
        for value in (-MAX_BALANCE, -1, 0, 1, MAX_BALANCE):
            data = msgspec.json.encode(msgspec.structs.asdict(_twin_of(event)) | {one.name: value})
            assert _reads(TWINS[kind], data) == _allowed(event, one.name, value), (one.name, value)
        for value in (-MAX_BALANCE - 1, MAX_BALANCE + 1, 10**30, 1.0, True, None, "1"):
            data = msgspec.json.encode(msgspec.structs.asdict(_twin_of(event)) | {one.name: value})
            assert not _reads(TWINS[kind], data), (one.name, value)


def _twin_of(event):
    return msgspec.convert(event, TWINS[type(event)], from_attributes=True)


def _reads(kind, data):
    try:
        msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError:
        return False
    return True


def _allowed(event, name, value):
    try:
        evolve(event, **{name: value})
    except ValueError:
        return False
    return True


def test_folding_a_checked_log_gives_the_books_of_its_records(tmp_path):
    run = real_log.run(tmp_path / "run")

    quick, plain = fold(run), fold_records(records(run))

    assert quick.ledger.balances == plain.ledger.balances
    assert repr(quick).replace(repr(quick.ledger), "") == repr(plain).replace(repr(plain.ledger), "")
