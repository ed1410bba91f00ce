"""Processes that carry work out: one worker a lane, the clock, the auditor."""
