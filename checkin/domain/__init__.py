"""The rule book. Pure: no clock, no database, no carrier, no chance; time is always an argument."""
