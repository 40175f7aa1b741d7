"""What people ask before buying is answered on the product's page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("products", "0005_a_product_takes_anothers_place")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="questions",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
    ]
