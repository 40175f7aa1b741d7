"""Private files, how they come, who has a copy, what is found in them, what readers leave."""

from content.models.assets import Asset
from content.models.carries import Carry
from content.models.copies import StampedCopy
from content.models.discussion import Discussion, Following, Reply, Report, Thread, Voice
from content.models.editions import Edition
from content.models.excerpts import Excerpt
from content.models.feeds import Feed
from content.models.kindles import KindleAddress
from content.models.letters import HolderLetter
from content.models.notes import Note
from content.models.progress import Progress
from content.models.requests import SampleRequest
from content.models.searching import PartText, SearchEntry
from content.models.uploads import Upload, UploadPart

__all__ = [
    "Asset",
    "Carry",
    "Discussion",
    "Edition",
    "Excerpt",
    "Feed",
    "Following",
    "HolderLetter",
    "KindleAddress",
    "Note",
    "PartText",
    "Progress",
    "Reply",
    "Report",
    "SampleRequest",
    "SearchEntry",
    "StampedCopy",
    "Thread",
    "Upload",
    "UploadPart",
    "Voice",
]
