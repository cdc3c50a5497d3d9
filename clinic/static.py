"""Static files under names that change with their content, so that browsers may keep them for good."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = ("app/", "brand/", "portal/")


class NamedByContent(CompressedManifestStaticFilesStorage):
    """Some packages name files that they do not ship, source maps above all; such a reference is left as it is."""

    manifest_strict = False
    support_js_module_import_aggregation = True

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        try:
            return super().hashed_name(name, content, filename)
        except ValueError:
            if name.startswith(OURS) or "/" not in name:
                raise
            return name

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """Gzip only: brotli at its best level takes half a minute of a first start."""
        return Compressor(use_brotli=False, **kwargs)
