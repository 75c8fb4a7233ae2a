"""What the fork server imports once, so that a worker starts in milliseconds.

The fork server swallows an ImportError; here every error is left to the worker, which tries again and reports it.
"""

import contextlib
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's; the fork server sets this itself only later


with contextlib.suppress(Exception):
    from data_management.infrastructure.quality.worker import load_libraries

    load_libraries()
