"""Files and readers, each behind the gate."""
