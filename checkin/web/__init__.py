"""The doors: check, call one handler, answer."""
