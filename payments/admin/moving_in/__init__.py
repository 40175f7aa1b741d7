"""Settings → Move people in: a file, its columns, the try-out, the deed, letters, the undo."""

from payments.admin.moving_in.files import MoveInAdmin

__all__ = ["MoveInAdmin"]
