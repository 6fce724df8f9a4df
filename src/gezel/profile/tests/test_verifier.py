"""The program that travels in an archive: alone with Python's own library, and as strict as we."""

import json
import math
import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gezel.profile.rules import verify

# RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).
VECTORS = """
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b

3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c
92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
72

fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025
6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac
18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
af82

ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf
dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589
09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704
ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
"""


def _vectors() -> list[tuple[bytes, bytes, bytes]]:
    """Key, message, signature: of each block the first line, what follows the third, and the two
    lines between."""
    blocks = [block.split() for block in VECTORS.strip().split("\n\n")]
    return [
        (bytes.fromhex(b[0]), bytes.fromhex("".join(b[3:])), bytes.fromhex(b[1] + b[2]))
        for b in blocks
    ]


@pytest.mark.parametrize(("key", "message", "signature"), _vectors())
def test_it_reads_the_signatures_of_the_standard(
    key: bytes, message: bytes, signature: bytes
) -> None:
    assert verify.signed_with(key, message, signature)
    assert not verify.signed_with(key, message + b"!", signature)
    assert not verify.signed_with(key, message, signature[:-1] + b"\x7f")


@given(st.binary(max_size=200), st.integers(0, 511))
def test_it_agrees_with_the_library_we_sign_with(message: bytes, flipped: int) -> None:
    secret = Ed25519PrivateKey.generate()
    key, signature = secret.public_key().public_bytes_raw(), bytearray(secret.sign(message))

    assert verify.signed_with(key, message, bytes(signature))
    signature[flipped // 8] ^= 1 << flipped % 8
    assert not verify.signed_with(key, message, bytes(signature))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_JSON)
def test_json_has_one_form(value: object) -> None:
    assert verify.canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_as_everywhere(value: float) -> None:
    assert verify.canonical(value) == rfc8785.dumps(value)


def test_numbers_of_every_size_are_written_as_everywhere() -> None:
    dice = random.Random(7)
    for _time in range(2_000):
        (value,) = struct.unpack("d", dice.randbytes(8))
        if math.isfinite(value):
            assert verify.canonical(value) == rfc8785.dumps(value)


def test_what_can_be_read_in_two_ways_is_not_read() -> None:
    for text in ('{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000, "{", b"\xff"):
        with pytest.raises(verify.Unreadable):
            verify.read_json(text if isinstance(text, bytes) else text.encode())


def test_it_runs_alone_and_refuses_what_is_no_archive(tmp_path: Path) -> None:
    """Without our packages and without the network: an isolated Python in an empty folder."""
    alone, wrong = tmp_path / "verify.py", tmp_path / "wrong.zip"
    alone.write_text(Path(verify.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    wrong.write_bytes(json.dumps({"no": "archive"}).encode())
    came = subprocess.run(
        [sys.executable, "-I", "-S", str(alone), str(wrong)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert came.returncode == verify.CODES[verify.INVALID], came.stderr
    assert came.stdout.startswith("invalid:")
