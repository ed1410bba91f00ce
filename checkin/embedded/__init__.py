"""What one machine needs to run all of it: our own Redis, and a supervisor."""
