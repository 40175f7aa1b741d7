"""The parts of the state machine that lives a year of members; its moves are in ``test_machine``."""
