"""Waiting for what happens in another process or thread: for as long as it takes, and no longer."""

import time

TIMEOUT = 60  # seconds; whatever takes so long has failed


def until(condition, what="it does not happen", seconds=TIMEOUT):
    """Returns what `condition()` returns once that is true; `what` is said if it never is."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(what)
        time.sleep(0.01)
