"""What the fork server imports once, so that a worker starts in milliseconds.

The fork server swallows an ImportError; here every error is left to the worker, which tries again and reports it.
"""

import contextlib

from data_management.infrastructure.quality.worker import load_libraries

with contextlib.suppress(Exception):
    load_libraries()
