from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_lines_are_posted")]

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
