"""The carrier's port, its two faces, and the door that it knocks at."""
