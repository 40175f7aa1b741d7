"""What people see: the hosted checkout, the bank's question, the console."""
