from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0061_hosts_so_far_are_the_platforms"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.UniqueConstraint(
                fields=("store", "host"), name="stores_domain_once_per_store"
            ),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verified_at__isnull", False)),
                fields=("host",),
                name="stores_domain_serves_one_store",
            ),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_primary", False), ("verified_at__isnull", False), _connector="OR"
                ),
                name="stores_domain_primary_is_verified",
            ),
        ),
    ]
