"""What is paid again and again: begun, charged, followed by access, changed and ended."""
