"""The toy format's app."""

from django.apps import AppConfig


class ToyFormatConfig(AppConfig):
    """Installed by the test settings only."""

    name = "tests.contract.toyformat"
    label = "toyformat"

    def ready(self) -> None:
        """Plug the format in, as a real one does."""
        from products.contract import formats
        from tests.contract.toyformat.format import ToyFormat

        formats.register(ToyFormat())
