"""The parts of the state machine that lives years of members; its moves: ``test_machine``."""
