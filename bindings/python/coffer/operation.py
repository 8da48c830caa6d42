"""Operations: work that outlasts a call, with progress, cancel and a report at the end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from typing import Any

from coffer import _coffer

_STATES = {1: "pending", 2: "running", 3: "completed", 4: "failed", 5: "cancelled"}
# How long a thread waits before Python can interrupt it, for example with KeyboardInterrupt.
_SLICE_MILLISECONDS = 100


@dataclass(frozen=True)
class Progress:
    """The state and progress of an operation.

    ``state`` is "pending", "running", "completed", "failed" or "cancelled"; ``percent`` is 0 to 100. Expected figures are
    estimates, and 0 while they are unknown."""

    state: str
    percent: int
    records_done: int
    records_expected: int
    bytes_done: int
    bytes_expected: int


class Operation:
    """A handle of an operation. Call ``result``, or ``await`` the handle, for its report.

    Many threads may use it at the same time. Dropping it does not stop the operation; closing the engine cancels it. The
    handle may outlive the engine."""

    def __init__(self, handle: _coffer.Operation) -> None:
        self._handle = handle

    @property
    def id(self) -> str:
        """The id, a ULID. A backup, export, restore or erasure has the id of its operation."""
        return _coffer.operation_id(self._handle)

    def progress(self) -> Progress:
        """Returns the present state and progress."""
        state, *figures = _coffer.operation_progress(self._handle)
        return Progress(_STATES[state], *figures)

    def info(self) -> dict[str, Any]:
        """Returns the journal's entry: id, kind, state, progress, principal, times, request, result and error."""
        info: dict[str, Any] = json.loads(_coffer.operation_info(self._handle))
        return info

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Waits for the end. Returns False if the operation has not ended within `timeout_seconds`."""
        end = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        while True:
            left = _SLICE_MILLISECONDS if end is None else int((end - time.monotonic()) * 1000)
            if _coffer.operation_wait(self._handle, max(0, min(left, _SLICE_MILLISECONDS))):
                return True
            if end is not None and time.monotonic() >= end:
                return False

    def result(self, timeout_seconds: float | None = None) -> dict[str, Any]:
        """Waits for the end and returns the report of its kind.

        Raises:
            Cancelled: the operation was cancelled.
            TimeoutError: it has not ended within `timeout_seconds`.
            CofferError: the error that the operation failed with."""
        if not self.wait(timeout_seconds):
            raise TimeoutError(f"operation {self.id} has not ended within {timeout_seconds} seconds")
        report: dict[str, Any] = json.loads(_coffer.operation_finish(self._handle))
        return report

    def cancel(self) -> None:
        """Requests a cancel and returns at once. coffer/operation.h says what is on disk afterwards."""
        _coffer.operation_cancel(self._handle)

    def watch(self, report: Callable[[Progress], None], interval_seconds: float = 0.5) -> dict[str, Any]:
        """Waits like ``result``, and calls `report` every `interval_seconds` and once at the end.

        An exception that `report` raises cancels the operation and is raised here."""
        try:
            while not self.wait(interval_seconds):
                report(self.progress())
            report(self.progress())
        except BaseException:
            self.cancel()
            raise
        return self.result()

    async def follow(self, interval_seconds: float = 0.5) -> AsyncIterator[Progress]:
        """Yields the progress every `interval_seconds` and once at the end, without blocking the event loop.

        If the task is cancelled, the operation continues."""
        while not await asyncio.to_thread(self.wait, interval_seconds):
            yield self.progress()
        yield self.progress()

    def __await__(self) -> Generator[Any, None, dict[str, Any]]:
        return self._awaited().__await__()

    # In short waits, so that no thread keeps waiting for the end after the task is cancelled.
    async def _awaited(self) -> dict[str, Any]:
        while not await asyncio.to_thread(self.wait, _SLICE_MILLISECONDS / 1000):
            pass
        return self.result()

    def __repr__(self) -> str:
        return f"<coffer.Operation {self.id} {self.progress().state}>"
