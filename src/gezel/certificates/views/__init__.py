"""The pages of certificates."""

from gezel.certificates.views import holdings, loading, overview, types

__all__ = ["holdings", "loading", "overview", "types"]
