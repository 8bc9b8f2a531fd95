"""What was stored is told to the ledger afterwards, and stored by plain inserts."""

from monitoring.collection import batch

from . import plain_inserts  # noqa: F401

finish, read_comments = batch._finish, batch._read_comments
untold: list[tuple] = []


def tell_and_read(*args):
    while untold:
        finish(*untold.pop())
    read_comments(*args)


batch._finish = lambda *args: untold.append(args)
batch._read_comments = tell_and_read
