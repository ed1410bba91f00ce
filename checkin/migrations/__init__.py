"""Numbered migrations, only additive: what runs on the version before must go on running while the new one starts.

`WORKS_FROM` is the oldest revision whose code may work with a database at the newest one. It is written into the
database with each upgrade. It moves up only with a version that takes away what older code still uses, or
writes what older code cannot read, and then nothing older may run beside it: a talk that is `apart` (0008), a schedule
of several times a day and the policy groups `shifts` and `retention` (0017) would stop an older clock.

Code may work with the database when it has this revision among its own: it stands at or after it then, in whatever
order the numbers are. (0.1.0 compares the texts: the number must be above "0016", where it ends.)
"""

WORKS_FROM = "0017"
