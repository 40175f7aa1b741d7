"""What was sold, given back and kept, and by whom it was bought: every figure is a set of rows."""
