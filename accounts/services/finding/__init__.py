"""Finding a customer among a hundred thousand: by the beginnings of the words they are known by."""
