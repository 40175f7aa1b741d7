"""The pages of the shop and the shelf."""
