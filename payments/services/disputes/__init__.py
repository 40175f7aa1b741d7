"""Money a bank takes back: what rests meanwhile, what is answered, and what follows."""
