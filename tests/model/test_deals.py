"""docs/deals.md names every contract of the base world and none that is not there."""

import re

from model.scenario import load
from tests.kept import SCENARIOS

PAGE = SCENARIOS.parent / "docs" / "deals.md"


def test_every_contract_of_the_base_world_is_on_the_page_in_the_file_that_has_it():
    page, loaded = PAGE.read_text(), load(SCENARIOS / "baseline.yaml")

    missing = [name for name in loaded.scenario.contracts if f"`{name}`" not in page]
    assert missing == []
    for line in page.splitlines():
        cells = line.split("|")
        if len(cells) < 5 or not (files := re.findall(r"`([a-z]+\.yaml)`", cells[-2])):
            continue
        text = "".join((SCENARIOS / "circle" / name).read_text() for name in files)
        for contract in re.findall(r"`([a-z0-9-]+)`", cells[3]):
            if contract in loaded.scenario.contracts:
                assert re.search(rf"^  {contract}:", text, re.M), (contract, files)


def test_no_contract_on_the_page_is_made_up():
    loaded = load(SCENARIOS / "baseline.yaml")
    known = {*loaded.scenario.contracts, *loaded.scenario.firms, "status", "boom", "amd-wins"}

    named = set(re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", PAGE.read_text()))
    assert named - known == set()
