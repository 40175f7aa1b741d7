"""Save a PDF whole, or not at all."""

from pathlib import Path

import pikepdf

NO_ROOM = "bad_alloc"


def save_whole(pdf: pikepdf.Pdf, path: Path, **over: object) -> None:
    """Write a linearised copy; MemoryError when something in it did not fit into this process.

    qpdf reads each stream as a whole. One that does not fit it leaves empty, with a warning only.
    """
    pdf.save(
        path,
        linearize=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        **over,  # type: ignore[arg-type]  # pikepdf's own options
    )
    if any(NO_ROOM in str(warning) for warning in pdf.get_warnings()):
        raise MemoryError("a stream of the PDF is too large")
