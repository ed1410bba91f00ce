"""The `checkin` command. One file a noun: `checkin/cli/<noun>.py` holds `command`, and is found by its name."""
