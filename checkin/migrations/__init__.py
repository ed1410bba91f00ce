"""Numbered migrations, only additive: what runs on the version before must go on running while the new one starts.

`WORKS_FROM` is the oldest revision whose code may work with a database at the newest one. It is written into the
database with each upgrade. It moves up only with a migration that takes something away which older code still uses,
and then nothing older may run beside it.
"""

WORKS_FROM = "0003"
