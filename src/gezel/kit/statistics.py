"""What the database knows of its own tables, renewed after a great change."""

from django.db import connection
from django.db.models import Model


def renew_statistics(*models: type[Model]) -> None:
    """Have PostgreSQL look at these tables now, rather than in the next minutes by itself.

    After an import of many thousands it would still plan for the few rows there were, and go
    through everyone for the first page of a list. SQLite plans without.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")
