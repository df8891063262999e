"""A process that waits until it is ended: ``python -m tests.support.idle_process``."""

import threading

if __name__ == "__main__":
    threading.Event().wait()
