"""What people ask before buying is answered on the product's page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("products", "0040_categories")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="questions",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AlterField(
            model_name="product",
            name="translation_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.SET_NULL,
                related_name="translations",
                to="products.product",
                verbose_name="the same in another language",
            ),
        ),
    ]
