"""The parts of the state machine that plays the till; its moves are in ``test_machine``."""
