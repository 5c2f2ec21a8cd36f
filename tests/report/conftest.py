"""Runs whose pages are looked at: one that falls, one in which nothing happens, one in which everybody fails."""

import pytest

from model.reporting import report
from model.run import run
from model.scenario import load
from tests.failing_world import failing
from tests.kept import SCENARIOS


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("reported")


def reported(loaded, runs):
    """The folder of a run with its page."""
    folder = run(loaded, runs).folder
    report(folder)
    return folder


@pytest.fixture(scope="session")
def fallen(runs):
    return reported(load(SCENARIOS / "tiny.yaml", ["shocks.demand.depth=60 %"]), runs)


@pytest.fixture(scope="session")
def calm(runs):
    return reported(load(SCENARIOS / "tiny.yaml", ["shocks.demand.depth=0 %"]), runs)


@pytest.fixture(scope="session")
def everybody(runs):
    """Fifty circles of four firms: 200 inside, all in distress."""
    scenario = runs / "many.yaml"
    scenario.write_text(failing(50))
    return reported(load(scenario), runs)
