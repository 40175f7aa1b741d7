"""How the shop looks where it is shared: pictures made of an object, a title and a colour."""
