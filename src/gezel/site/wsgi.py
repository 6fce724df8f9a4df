"""What a WSGI server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezel.site.settings")
application = get_wsgi_application()

if os.environ.get("GEZEL_WORKER_THREAD") == "1":
    from gezel.kit.jobs import work_beside_the_pages

    work_beside_the_pages()
