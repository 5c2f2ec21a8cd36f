"""
A Dask cluster in the place of this machine's processes: the same tasks, the same answers, the same table.

What crosses is a task and a text. A worker that dies is Dask's to replace: it asks for the task again, up to its limit.
"""

from concurrent.futures import Executor
from typing import Any

from attrs import define, field

from events.problems import Usage
from model.experiments.engine import cores

LOCAL = "local"
SECONDS_TO_ANSWER = 15


@define
class Cluster:
    """
    The workers behind a scheduler's address, or a scheduler and workers that are started here (`local`).

    Raises:
        Usage: nobody answers there, or the extra `cluster` is not installed.
    """

    address: str
    started: int = 0  # workers to start here; 0: one a core
    _client: Any = field(default=None, init=False)

    @property
    def workers(self) -> int:
        """How many threads of workers there are now."""
        return max(1, sum(self._connected().nthreads().values()))

    def pool(self) -> Executor:
        """Dask's own executor, the interface of `concurrent.futures`."""
        executor: Executor = self._connected().get_executor(pure=False)
        return executor

    def alone(self) -> "Cluster":
        """No pool breaks here: Dask has tried again already."""
        return self

    def close(self, at_once: bool = False) -> None:
        """Leave the cluster, and end what was started here."""
        client, self._client = self._client, None
        if client is not None:
            started = client.cluster if self.address == LOCAL else None
            client.close()
            if started is not None:
                started.close()

    def _connected(self) -> Any:
        if self._client is None:
            self._client = self._connect()
        return self._client

    def _connect(self) -> Any:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise Usage("a cluster needs Dask; install the extra: pip install -e '.[cluster]'", "--cluster") from None
        if self.address == LOCAL:
            cluster = LocalCluster(
                n_workers=self.started or cores(), threads_per_worker=1, processes=True, dashboard_address=None,
                host="127.0.0.1",
            )  # fmt: skip
            return Client(cluster)
        try:
            return Client(self.address, timeout=SECONDS_TO_ANSWER)
        except (OSError, TimeoutError, ValueError) as error:
            found = f"no scheduler answers there ({error})"
            raise Usage(f"{found}; write such as tcp://127.0.0.1:8786", self.address) from None
