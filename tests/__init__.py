"""The tests. `town.py` is a circle on a virtual clock; `live.py` runs the service as real processes."""
