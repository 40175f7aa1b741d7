"""Documents: receipts, invoices and credit notes, issued by us or by another system."""
