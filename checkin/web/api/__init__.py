"""The JSON API at `/api/v1`: for other programs, by key.

`operation.py` is what a route is and how one request goes; `document.py` writes the OpenAPI document from the same
definitions. One file a subject: what goes in and out (pydantic), and what each route does by the handlers that the
command line uses too. Reads are made in a transaction that holds up no writer; who was looked at is written after it
and before the answer (promise P10).
"""

from checkin.web.api.door import PREFIX, api, problem_for

__all__ = ["PREFIX", "api", "problem_for"]
