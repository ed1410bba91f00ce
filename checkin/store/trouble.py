"""What a database that cannot be used is said to be: one sentence for the operator, which holds no value of a row."""

from sqlalchemy.exc import SQLAlchemyError


def why(error: SQLAlchemyError) -> str:
    """What is wrong, and how to mend it."""
    kind = type(getattr(error, "orig", None) or error).__name__
    return f"The database cannot be used ({kind}): check DATABASE_URL and that it runs."
