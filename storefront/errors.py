"""What can be wrong in the shop window, named by what to do next."""


class StorefrontError(Exception):
    """Base of this app's errors."""


class NoSuchBlock(StorefrontError):
    """The block was deleted meanwhile: look at the page again."""


class TooManyBlocks(StorefrontError):
    """The page is long enough: begin another."""


class ChangedMeanwhile(StorefrontError):
    """Somebody else changed the same block; its one argument is who, or empty."""


class LeadsInACircle(StorefrontError):
    """A redirect would lead back to where it begins."""


class NoCaptions(StorefrontError):
    """The file holds no captions: choose one in WebVTT or SubRip."""
