"""A small tune as a WAV, made note by note: something to hear in the demo stores."""

import array
import io
import math
import sys
import wave

RATE = 11025
A4, A4_MIDI = 440.0, 69
STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
OVERTONES = ((1, 0.6), (2, 0.22), (3, 0.1), (4, 0.05))
LOUD = 0.5
RING = 0.35
"""How long a plucked note rings on, in seconds, for each part of the way down."""


def make_tune(notes: str, *, beat: float = 0.4) -> bytes:
    """Return notes like ``c4 e4 g4:2 -`` as a WAV: a length in beats after a colon, ``-`` rests.

    Each is plucked and rings on under the next ones.
    """
    played = [_read(note) for note in notes.split()]
    beats = sum(length for _pitch, length in played) + 4
    sound = [0.0] * int(beats * beat * RATE)
    at = 0.0
    for pitch, length in played:
        if pitch:
            _pluck(sound, int(at * RATE), pitch, seconds=(length + 2) * beat)
        at += length * beat
    return _wav(sound)


def _read(note: str) -> tuple[float, float]:
    """Return how high a note is, in hertz (0 for a rest), and how many beats it has."""
    name, _colon, length = note.partition(":")
    beats = float(length or 1)
    if name == "-":
        return 0.0, beats
    midi = 12 * (int(name[-1]) + 1) + STEPS[name[0]] + name.count("#")
    return A4 * 2 ** ((midi - A4_MIDI) / 12), beats


def _pluck(sound: list[float], start: int, pitch: float, *, seconds: float) -> None:
    for number in range(min(int(seconds * RATE), len(sound) - start)):
        moment = number / RATE
        turn = 2 * math.pi * pitch * moment
        wave_now = sum(part * math.sin(turn * times) for times, part in OVERTONES)
        fade = math.exp(-moment / RING) * min(1.0, number / 60)
        sound[start + number] += wave_now * fade


def _wav(sound: list[float]) -> bytes:
    most = max(1e-9, *(abs(each) for each in sound))
    samples = array.array("h", (int(each / most * LOUD * 32767) for each in sound))
    if sys.byteorder == "big":  # pragma: no cover -- a WAV is little-endian
        samples.byteswap()
    kept = io.BytesIO()
    with wave.open(kept, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return kept.getvalue()
