"""Moving in: a file of people, what it would do, doing it, undoing it, and letters to pay on."""
