"""One file for one thing that happens: load, decide, save, apply, in one transaction. No network."""
