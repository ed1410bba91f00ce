"""The threads of a worker, as actors of its process."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from checkin.simulation.stage import Actor, Process


class Hands(Executor):
    """Threads of a worker, as actors."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> "Future[Any]":
        """Do it beside."""
        future = ActorFuture(self._process)
        future.act(lambda: work(*args, **named))
        return future


class ActorFuture(Future[Any]):
    """What an actor will have come to. Whoever asks stands still until then, as an actor does."""

    def __init__(self, process: Process) -> None:
        super().__init__()
        self._process, self._asking = process, list[Actor]()

    def act(self, work: Callable[[], Any]) -> None:
        """Begin."""
        self._process.act(lambda: self.set_result(work()), self._ended)

    def _ended(self, error: BaseException | None) -> None:
        if error is not None:
            self.set_exception(error)
        for actor in self._asking:
            self._process.stage.wake(actor)

    def _until_done(self) -> None:
        while not self.done():
            self._asking.append(self._process.stage.current())
            self._process.stage.wait()

    def result(self, timeout: float | None = None) -> Any:
        """What it came to, or what it raised."""
        self._until_done()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What it raised."""
        self._until_done()
        return super().exception(timeout)
