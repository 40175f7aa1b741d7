"""Captions of films: read strictly, written anew, given to whoever may watch."""

import pytest

from content.errors import BadCaptions
from content.services.captions import as_vtt, parse_captions

VTT = """WEBVTT - a title

STYLE
::cue { color: red }

1
00:01.000 --> 00:02.500 align:start
<v Noa>First & last
second

00:00:03.000 --> 00:00:04.000

"""
SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\nשלום\r\n\r\n2\r\n01:00:03,250 --> 01:00:04,000\r\nEnd"


def test_what_styles_or_names_cues_is_left_out() -> None:
    assert as_vtt(parse_captions(VTT)) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nFirst &amp; last\nsecond\n"
    )


def test_subrip_is_taken_too() -> None:
    assert as_vtt(parse_captions(SRT)) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nשלום\n\n01:00:03.250 --> 01:00:04.000\nEnd\n"
    )


def test_written_captions_read_as_they_were_written() -> None:
    written = as_vtt(parse_captions(SRT))
    assert as_vtt(parse_captions(written)) == written


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("WEBVTT\n\nno times", "none"),
        ("00:02.000 --> 00:01.000\nback", "order"),
        ("x" * 400_001, "long"),
    ],
)
def test_what_is_no_captions_says_why(text: str, code: str) -> None:
    with pytest.raises(BadCaptions) as bad:
        parse_captions(text)
    assert bad.value.code == code
