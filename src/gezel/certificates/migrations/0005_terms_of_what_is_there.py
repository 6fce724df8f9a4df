"""Types get their first terms, and what is held keeps exactly what it came in with."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

BATCH = 2_000


def begin(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    CertificateType = apps.get_model("certificates", "CertificateType")
    TypeTerms = apps.get_model("certificates", "TypeTerms")
    Holding = apps.get_model("certificates", "Holding")
    TypeTerms.objects.bulk_create(
        [
            TypeTerms(
                type=kind,
                from_on=date(1900, 1, 1),
                ends="never" if kind.valid_months is None else "months",
                months=kind.valid_months,
                basis=kind.basis,
                source_nl=kind.source_nl,
                source_en=kind.source_en,
            )
            for kind in CertificateType.objects.all()
        ],
        batch_size=BATCH,
    )
    # A day without a term is the one printed on the certificate.
    Holding.objects.filter(term_months=None, valid_until__isnull=False).update(
        printed_until=F("valid_until")
    )
    # Who holds one under the term the type still has, holds it under these terms; a term that
    # was changed since stays where it is kept, in months.
    for terms in TypeTerms.objects.all():
        same = Holding.objects.filter(type=terms.type_id, terms=None)
        if terms.months is None:
            same.filter(term_months=None).update(terms=terms)
        else:
            same.filter(term_months=terms.months).update(terms=terms)
            same.filter(printed_until__isnull=False).update(terms=terms)


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0004_dated_terms"),
    ]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop, elidable=False)]
