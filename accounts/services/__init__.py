"""What people do at the door: ask for a code, come in, open a store, cross over to it."""
