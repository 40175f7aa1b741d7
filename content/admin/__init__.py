"""What content brings to a store's admin: stamped copies, and files that come in parts."""

from content.admin.copies import StampedCopyAdmin as StampedCopyAdmin
from content.admin.editions import EditionViews as EditionViews
from content.admin.uploads import UploadViews as UploadViews
