"""What goes wrong with backups, restores and moves, said to the operator."""


class BackupProblem(Exception):
    """It cannot be done, and nothing was half done. The text is one sentence: what, where, how to mend it."""


def of_disk(error: OSError, place: object) -> BackupProblem:
    """The disk refused."""
    reason = (error.strerror or "input/output error").lower()
    return BackupProblem(f"{place} cannot be used ({reason}): make room, or name another folder.")
