"""What content brings to a store's admin: stamped copies, files in parts, and recordings."""

from content.admin.copies import StampedCopyAdmin as StampedCopyAdmin
from content.admin.editions import EditionViews as EditionViews
from content.admin.recordings import RecordingViews as RecordingViews
from content.admin.uploads import UploadViews as UploadViews
