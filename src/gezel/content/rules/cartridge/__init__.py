"""Reading a Common Cartridge (1.0 to 1.3) into modules of ours, before anything is made.

After IMS Global, Common Cartridge 1.3 (and IMS QTI 1.2.1 in the profile that it takes). What has
no counterpart here is named with the reason, so that nobody finds out later what is missing.
"""

from gezel.content.rules.cartridge.common import (
    Block,
    Brought,
    CartridgeRefused,
    Left,
    Made,
)
from gezel.content.rules.cartridge.reading import is_cartridge, read_cartridge

__all__ = [
    "Block",
    "Brought",
    "CartridgeRefused",
    "Left",
    "Made",
    "is_cartridge",
    "read_cartridge",
]
