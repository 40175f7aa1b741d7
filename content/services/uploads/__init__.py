"""Files that come in parts: begun, sent part by part, judged by a worker, kept by a form."""
