"""People as CSV files: members, volunteers and coordinators, in and out in the same columns.

`sheet.py` reads and writes the file itself, `cells.py` one cell, `lines.py` a line of each kind, all pure.
`desk.py` is where an import is worked on; `members.py`, `volunteers.py`, `coordinators.py` write each kind.
`checkin/handlers/people_imported.py`, `people_exported.py` and `people_listed.py` are the doors.
"""
