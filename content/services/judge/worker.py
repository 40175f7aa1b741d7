"""The limited process that parses one uploaded file; it never imports Django."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from content.services.judge.found import AUDIO, FILMS, UNSTAMPABLE, Kind, Unfit
from content.services.judge.sniff import sniff
from core.limited import answer

MEGABYTE = 1024 * 1024
LARGEST = {"epub": 600 * MEGABYTE, "pdf": 2048 * MEGABYTE} | dict.fromkeys(
    (*AUDIO, *sorted(FILMS)), 2048 * MEGABYTE
)


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of the file, or the code and detail of why it is refused."""
    try:
        return _judge(Path(request["path"]), Path(request["into"]), set(request["accept"]))
    except Unfit as unfit:
        return {"refused": unfit.code, "detail": unfit.detail}


def _judge(path: Path, into: Path, accept: set[str]) -> dict[str, Any]:
    kind = _kind_of(path, accept)
    if path.stat().st_size > LARGEST[kind]:
        raise Unfit("too_large", most=LARGEST[kind] // MEGABYTE)
    # Each parser costs a tenth of a second to load: only the one that is needed.
    if kind in FILMS:
        from content.services.judge.film import judge_film

        return judge_film(path, into, kind)
    if kind in AUDIO:
        from content.services.judge.audio import judge_audio

        return judge_audio(kind, path, into)
    if kind == "pdf":
        from content.services.judge.pdf import judge_pdf

        facts = judge_pdf(path, into)
        from content.services.stamping.pdf import try_it

        return _tried(facts, try_it, into)
    from content.services.judge.epub import judge_epub

    facts = judge_epub(path, into)
    from content.services.stamping.epub import try_it as try_epub

    return _tried(facts, try_epub, into)


def _kind_of(path: Path, accept: set[str]) -> Kind:
    """Return what the file is, if that is wanted; its refusal speaks of what would be."""
    wants_sound, wants_film = accept <= set(AUDIO), accept <= FILMS
    other = "not_audio" if wants_sound else "not_film"
    try:
        kind = sniff(path)
    except Unfit as stranger:
        if not (wants_sound or wants_film) or stranger.code == "empty":
            raise
        is_sound = wants_sound and stranger.code == "sound"
        raise Unfit("audio_codec" if is_sound else other) from stranger
    if kind == "mp4" and "m4a" in accept:
        kind = "m4a"  # the family has one beginning: whether it holds pictures, its parser tells
    if kind in accept:
        return kind
    if wants_sound or wants_film:
        raise Unfit(other)
    heard = {*AUDIO, *FILMS}
    raise Unfit("sound" if kind in heard else f"not_{'_'.join(sorted(accept))}")


def _tried(
    facts: dict[str, Any], try_it: Callable[[Path, Path], None], into: Path
) -> dict[str, Any]:
    """Warn where the clean copy could not be stamped for a buyer."""
    try:
        try_it(Path(facts["clean"]), into)
    except Unfit:
        facts["warnings"].append((UNSTAMPABLE, {}))
    return facts


if __name__ == "__main__":
    answer(work)
