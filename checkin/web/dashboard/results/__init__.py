"""Results at `/results`: figures of a period in words, charts and tables; printable, and as a sheet."""

from checkin.web.dashboard.results.page import results

__all__ = ["results"]
