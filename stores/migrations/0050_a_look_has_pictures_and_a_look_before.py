"""A store has a logo and a picture, says whether it is light or dark, and can go back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0040_what_stands_around_every_page")]

    operations = [
        migrations.AddField(
            model_name="look",
            name="scheme",
            field=models.CharField(
                choices=[
                    ("light dark", "as each visitor's device asks"),
                    ("light", "always light"),
                    ("dark", "always dark"),
                ],
                default="light dark",
                max_length=12,
                verbose_name="light or dark",
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="pictures",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="look",
            name="before",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]
