"""One SimPy generator a kind of contract: its whole life, read top to bottom."""

from model.contracts.perform import start_contracts

__all__ = ["start_contracts"]
