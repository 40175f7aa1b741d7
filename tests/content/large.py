"""A PDF of two gigabytes that nobody ever holds: it is made part by part, as it is asked for."""

from __future__ import annotations

SIZE = 2_000_000_000
PICTURE = 50_000_000


class LargePdf:
    """A page with pictures of zeros, each of so many bytes, as many as the size wants."""

    def __init__(self, size: int = SIZE, picture: int = PICTURE) -> None:
        count = size // picture
        named = b"".join(b"/I%d %d 0 R" % (n, n) for n in range(5, 5 + count))
        self._pieces: list[bytes | int] = [b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"]
        self._starts: list[int] = []
        self._add(b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n")
        self._add(b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n")
        self._add(
            b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Contents 4 0 R"
            b"/Resources<</XObject<<%s>>>>>>\nendobj\n" % named
        )
        self._add(b"4 0 obj\n<</Length 6>>\nstream\n/I5 Do\nendstream\nendobj\n")
        for number in range(5, 5 + count):
            self._add(
                b"%d 0 obj\n<</Type/XObject/Subtype/Image/Width 40/Height 40/BitsPerComponent 8"
                b"/ColorSpace/DeviceGray/Filter/DCTDecode/Length %d>>\nstream\n"
                % (number, picture),
                picture,
                b"\nendstream\nendobj\n",
            )
        xref, total = self.size, 5 + count
        lines = b"".join(b"%010d 00000 n \n" % at for at in self._starts)
        self._pieces += [
            b"xref\n0 %d\n0000000000 65535 f \n" % total,
            lines,
            b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (total, xref),
        ]

    def _add(self, *pieces: bytes | int) -> None:
        self._starts.append(self.size)
        self._pieces += pieces

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return sum(map(_length, self._pieces))

    def __getitem__(self, asked: slice) -> bytes:
        """Return some of its bytes."""
        start, stop = asked.start or 0, self.size if asked.stop is None else asked.stop
        found, at = [], 0
        for piece in self._pieces:
            first, last = max(0, start - at), min(_length(piece), stop - at)
            if first < last:
                found.append(bytes(last - first) if isinstance(piece, int) else piece[first:last])
            at += _length(piece)
        return b"".join(found)


def _length(piece: bytes | int) -> int:
    return piece if isinstance(piece, int) else len(piece)
