"""What returns, by the month: written down from what happened, summed, and opened row by row."""
