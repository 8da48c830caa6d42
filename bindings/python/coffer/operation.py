"""Work that outlasts a call: a handle with progress, waiting, cancel, and the report at the end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from typing import Any

from coffer import _coffer

_STATES = {1: "pending", 2: "running", 3: "completed", 4: "failed", 5: "cancelled"}
# How long a thread waits before it looks whether Python wants something of it, such as KeyboardInterrupt.
_SLICE_MILLISECONDS = 100


@dataclass(frozen=True)
class Progress:
    """How far an operation is. Expected figures are estimates, 0 while they are not known; done ones are facts."""

    state: str
    percent: int
    records_done: int
    records_expected: int
    bytes_done: int
    bytes_expected: int


class Operation:
    """An operation of an engine. Safe to use from many threads. It may outlive the engine, which cancels it by closing;
    dropping it does not stop the operation. ``await`` it, or call ``result``, for its report."""

    def __init__(self, handle: _coffer.Operation) -> None:
        self._handle = handle

    @property
    def id(self) -> str:
        """A ULID; of a backup or an export it is that thing's id as well."""
        return _coffer.operation_id(self._handle)

    def progress(self) -> Progress:
        state, *figures = _coffer.operation_progress(self._handle)
        return Progress(_STATES[state], *figures)

    def info(self) -> dict[str, Any]:
        """What the journal tells: id, kind, state, progress, principal, times, request, result and error."""
        info: dict[str, Any] = json.loads(_coffer.operation_info(self._handle))
        return info

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Waits until it has ended. False: it has not, within the time."""
        end = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        while True:
            left = _SLICE_MILLISECONDS if end is None else int((end - time.monotonic()) * 1000)
            if _coffer.operation_wait(self._handle, max(0, min(left, _SLICE_MILLISECONDS))):
                return True
            if end is not None and time.monotonic() >= end:
                return False

    def result(self, timeout_seconds: float | None = None) -> dict[str, Any]:
        """Waits, and answers the report of its kind. Errors: Cancelled, or what went wrong; TimeoutError where it has not
        ended."""
        if not self.wait(timeout_seconds):
            raise TimeoutError(f"operation {self.id} has not ended within {timeout_seconds} seconds")
        report: dict[str, Any] = json.loads(_coffer.operation_finish(self._handle))
        return report

    def cancel(self) -> None:
        """Asks it to stop and returns at once. What is on disk then is told in coffer/operation.h."""
        _coffer.operation_cancel(self._handle)

    def watch(self, report: Callable[[Progress], None], interval_seconds: float = 0.5) -> dict[str, Any]:
        """As ``result``, with `report` called every interval and once at the end. What it raises cancels the operation."""
        try:
            while not self.wait(interval_seconds):
                report(self.progress())
            report(self.progress())
        except BaseException:
            self.cancel()
            raise
        return self.result()

    async def follow(self, interval_seconds: float = 0.5) -> AsyncIterator[Progress]:
        """Its progress every interval and once at the end. The event loop is never blocked; a task that is cancelled stops
        looking, and the operation goes on."""
        while not await asyncio.to_thread(self.wait, interval_seconds):
            yield self.progress()
        yield self.progress()

    def __await__(self) -> Generator[Any, None, dict[str, Any]]:
        return self._awaited().__await__()

    # In slices, so that a task that is cancelled leaves no thread behind that waits for the end.
    async def _awaited(self) -> dict[str, Any]:
        while not await asyncio.to_thread(self.wait, _SLICE_MILLISECONDS / 1000):
            pass
        return self.result()

    def __repr__(self) -> str:
        return f"<coffer.Operation {self.id} {self.progress().state}>"
