"""Two runs of the smallest world: one in which the lab defaults, one in which it does not."""

import pytest

from model.run import run
from model.scenario import load
from tests.kept import SCENARIOS


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("audited")


@pytest.fixture(scope="session")
def fallen(runs):
    """Demand falls by 60 %."""
    return run(load(SCENARIOS / "tiny.yaml", ["shocks.demand.depth=60 %"]), runs).folder


@pytest.fixture(scope="session")
def calm(runs):
    """Demand falls by 20 %."""
    return run(load(SCENARIOS / "tiny.yaml", ["shocks.demand.depth=20 %"]), runs).folder
