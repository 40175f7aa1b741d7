"""The pages of the door, of one's account, and of the platform."""
