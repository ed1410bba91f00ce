"""The database is the truth: tables, and functions that load and save values."""
