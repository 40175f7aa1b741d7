"""What content brings to a store's admin: copies, editions, questions, recordings, uploads."""

from content.admin.copies import StampedCopyAdmin as StampedCopyAdmin
from content.admin.editions import EditionViews as EditionViews
from content.admin.files import AssetAdmin as AssetAdmin
from content.admin.holders import HolderLetterAdmin as HolderLetterAdmin
from content.admin.questions import ThreadAdmin as ThreadAdmin
from content.admin.recordings import RecordingViews as RecordingViews
from content.admin.uploads import UploadViews as UploadViews
