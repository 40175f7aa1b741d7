"""The console: what there is, what happened, what was told, and levers to pull."""
