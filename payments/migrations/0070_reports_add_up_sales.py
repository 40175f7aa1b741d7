from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0030_an_order_knows_where_its_link_was_put")]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("payments.order",),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["store", "created_at"], name="payments_refund_by_day"),
        ),
    ]
