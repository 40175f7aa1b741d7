"""placeholder"""


def make_demo_pages(store, language): ...
