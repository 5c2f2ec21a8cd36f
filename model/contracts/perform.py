"""Signing: a contract is recorded, and its life begins as a process, served in the order of signing."""

import importlib
from collections.abc import Callable
from typing import Any

from events import catalogue as c
from events.terms import KINDS
from model.economy import Economy, Process
from model.schema import Deal

Life = Callable[[Any, Economy, str, int], Process]


def life_of(kind: str) -> Life:
    """
    The generator that performs a kind: the function `perform` of the module of that name.

    Raises:
        KeyError: no kind of contract has this name.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    life: Life = importlib.import_module(f"model.contracts.{kind}").perform
    return life


def start_contracts(economy: Economy) -> None:
    """Sign every deal that runs on its day, in the order of the scenario; those of day 0 at once."""
    for number, (name, deal) in enumerate(economy.scenario.contracts.items(), start=1):
        economy.contract_numbers[name] = number
        if not runs(deal):
            continue
        if deal.signed_day == 0:
            sign(economy, name, deal)
        else:
            economy.start(_sign_later(economy, name, deal), number)


def runs(deal: Deal) -> bool:
    """Whether a deal is performed at all: void and superseded ones are not."""
    return deal.runs and deal.status not in ("void", "superseded")


def _sign_later(economy: Economy, name: str, deal: Deal) -> Process:
    yield economy.at(deal.signed_day)
    sign(economy, name, deal)


def sign(economy: Economy, name: str, deal: Deal) -> None:
    """Record a signature, and start the life of the contract."""
    event = c.ContractSigned(contract=name, status=deal.status, terms=deal.terms)
    signed = economy.record(event, None, corr=name, actor="scenario")
    for move in deal.moves:
        news = c.NewsPriced(issuer=move.issuer, contract=name, move_ppm=move.move_ppm)
        economy.record(news, signed, corr=name, actor="market")
        economy.press(move.issuer, move.move_ppm)
    life = life_of(deal.kind)(deal.terms, economy, name, signed.seq)
    economy.start(life, economy.contract_numbers[name])
