"""The holding music: four soft chords, made of sine waves by this file, with nobody's notes in them (CC0).

`python -m checkin.carrier.hold_music FILE` writes it again, byte for byte. `checkin/static/hold.wav` is what it wrote.
"""

import math
import struct
import sys
import wave
from pathlib import Path

_RATE = 8_000  # samples a second: what a telephone carries
_CHORD_SECONDS = 2.5
_LOUDNESS = 0.13  # of full scale: quieter than speech
_SECTION = ((220.0, 277.18, 329.63), (196.0, 246.94, 293.66), (174.61, 220.0, 261.63), (196.0, 246.94, 329.63))
SECONDS = _CHORD_SECONDS * len(_SECTION)
"""How long it plays before the call comes back to us."""


def samples() -> bytes:
    """The whole loop, 16 bits a sample. Each chord swells and fades, so that the loop has no seam."""
    count = int(_RATE * _CHORD_SECONDS)
    frames = bytearray()
    for chord in _SECTION:
        for at in range(count):
            swell = math.sin(math.pi * at / count) ** 2
            tone = sum(math.sin(2 * math.pi * pitch * at / _RATE) for pitch in chord) / len(chord)
            frames += struct.pack("<h", round(32_767 * _LOUDNESS * swell * tone))
    return bytes(frames)


def write(path: Path) -> None:
    """Write the loop as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
