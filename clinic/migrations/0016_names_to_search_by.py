from typing import Any

from django.db import migrations

import clinic.models.fields
from clinic.models.fields import folded

AT_ONCE = 2000


def fold_the_names(apps: Any, schema_editor: Any) -> None:
    Client = apps.get_model("clinic", "Client")
    batch = []
    for client in Client.objects.only("pk", "name").iterator(AT_ONCE):
        client.name_sought = folded(client.name)[:240]
        batch.append(client)
        if len(batch) == AT_ONCE:
            Client.objects.bulk_update(batch, ["name_sought"], batch_size=500)
            batch = []
    Client.objects.bulk_update(batch, ["name_sought"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ("clinic", "0015_messages_and_notes_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="name_sought",
            field=clinic.models.fields.FoldedField(db_default="", default="", editable=False, max_length=240, of="name"),
        ),
        migrations.RunPython(fold_the_names, migrations.RunPython.noop),
    ]
