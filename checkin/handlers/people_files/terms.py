"""The words of people's files."""

from enum import StrEnum


class Kind(StrEnum):
    """What a file holds."""

    MEMBERS = "members"
    VOLUNTEERS = "volunteers"
    COORDINATORS = "coordinators"


class CoordinatorRole(StrEnum):
    """What a coordinator may do. An `admin` answers for all circles; a `viewer` sees numbers only."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    VIEWER = "viewer"
