"""Real crashes: the whole stack under load, killed, wiped, restarted, and counted from both sides."""
