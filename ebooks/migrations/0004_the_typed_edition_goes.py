"""The number typed by hand goes: an edition is a row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ebooks", "0003_editions_become_rows")]

    operations = [migrations.RemoveField(model_name="ebook", name="edition")]
