"""The rule book: per rule a table that one can read aloud, and a property."""
