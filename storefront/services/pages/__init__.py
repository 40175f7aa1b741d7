"""Pages of blocks: making them, their drafts, publishing, and what they show."""
