"""The safe in which signing keys lie."""

from gezel.kit.sealing import CannotOpen, Safe, current

_safe = Safe(b"profile: signing keys")
seal, unseal = _safe.seal, _safe.unseal

__all__ = ["CannotOpen", "current", "seal", "unseal"]
