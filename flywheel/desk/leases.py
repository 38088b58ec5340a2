"""Ends what somebody has open who may not come in any more, or not as before."""

from flywheel.desk.known import KnownPeople
from flywheel.desk.tables import FILE, Tables
from flywheel.settings import Settings


def end_leases(settings: Settings, name: str) -> None:
    """Let others have this user's cases at once, beside a running page too. Raises `StoreError`."""
    path = settings.home / FILE
    if not path.exists():
        return
    tables = Tables(path)
    holder = KnownPeople(settings, tables).recorded(name)
    with tables.writing() as connection:
        connection.execute("DELETE FROM leases WHERE reviewer = ?", [holder])
