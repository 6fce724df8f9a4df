"""XML that means harm: refused before it costs anything, and nothing it points at is fetched."""

import contextlib
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.kit import markup
from gezel.kit.markup import MarkupRefused, read_xml

BILLION = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<m>&c;</m>"""


def why(data: bytes) -> str:
    with pytest.raises(MarkupRefused) as refused:
        read_xml(data)
    return refused.value.why


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_people_write_is_read(encoding: str) -> None:
    root = read_xml(
        '<manifest a="é"><!-- no --><title>Één &lt; twee</title></manifest>'.encode(encoding)
    )

    assert root.get("a") == "é"
    assert [child.text for child in root] == ["Één < twee"]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "ISO-8859-15", "us-ascii"])
def test_old_encodings_that_say_so_are_read(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?><m>caf\u00e9</m>"
    assert read_xml(text.encode(encoding, "xmlcharrefreplace")).text == "café"


@pytest.mark.parametrize(
    "text",
    [
        BILLION,
        '<!DOCTYPE m SYSTEM "http://localhost:1/x.dtd"><m/>',
        '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><m>&x;</m>',
        '<!DOCTYPE m [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><m/>',
        '<!DOCTYPE m PUBLIC "-//x" "http://localhost:1/x"><m/>',
        "<!doctype m><m/>",
        "<m><![CDATA[<!DOCTYPE m>]]></m>",
        "<!-- --><!DOCTYPE m><m/>",
        "<!\n DOCTYPE m><m/>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_a_document_type_is_refused_however_it_is_written(text: str, encoding: str) -> None:
    assert why(text.encode(encoding)) == "doctype"


def test_a_document_type_is_not_hidden_by_an_encoding() -> None:
    """In UTF-7 and EBCDIC the signs of markup are other bytes."""
    utf7 = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE m+AD4-<m/>'
    ebcdic = '<?xml version="1.0" encoding="cp037"?><!DOCTYPE m [<!ENTITY a "b">]><m>&a;</m>'
    assert why(utf7) == "broken"
    assert why(ebcdic.encode("cp037")) == "broken"
    for odd in ("klingon", "utf-32", "punycode", "rot13", "base64", "hz", "iso2022_jp"):
        assert why(f'<?xml version="1.0" encoding="{odd}"?><m/>'.encode()) == "broken"


@pytest.mark.parametrize(
    "data",
    [b"", b"   ", b"words", b"<m>", b"<m></n>", b"<m a='1' a='2'/>", b"<m>&x;</m>", b"\x00" * 50,
     b"<m/><m/>", b"{}", b"<m>\xff</m>", b"PK\x03\x04", b"<m><x:y/></m>"],
)  # fmt: skip
def test_what_is_broken_says_so(data: bytes) -> None:
    assert why(data) == "broken"


def test_deep_large_and_crowded_documents() -> None:
    assert why(b"<a>" * 201 + b"</a>" * 201) == "depth"
    assert why(b"<a>" * 100_000 + b"</a>" * 100_000) in {"broken", "depth"}
    assert why(b"<a>" + b" " * (16 << 20) + b"</a>") == "size"
    assert why(b"<a>" + b"<b/>" * 400_000 + b"</a>") == "size"
    assert why(b"<a " + b"".join(b"b%d='' " % n for n in range(400_000)) + b"/>") == "size"


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """Style sheets, inclusions and schemas that a document points at stay where they are."""
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there = f"http://127.0.0.1:{server.server_port}"
    text = f"""<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{there}/x.xsl"?>
    <m xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:s="http://www.w3.org/2001/XMLSchema-instance"
     s:schemaLocation="a {there}/x.xsd"><xi:include href="{there}/x"/>
     <xi:include href="file:///etc/passwd" parse="text"/></m>"""
    try:
        root = read_xml(text.encode())
    finally:
        server.shutdown()
    assert not asked
    assert "root:" not in str(list(root.itertext()))


_MEASURED = """
import resource, sys, time
from pathlib import Path
from gezel.kit.markup import MarkupRefused, read_xml
data = Path(sys.argv[1]).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.process_time()
try:
    read_xml(data)
except MarkupRefused:
    pass
print(time.process_time() - began)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize(
    "kind", ["elements", "attributes", "namespaces", "text", "deep", "attribute", "bomb"]
)
def test_the_worst_that_is_let_in_costs_little(tmp_path: Path, kind: str) -> None:
    made = {
        "elements": lambda: b"<a>" + b"<b/>" * 299_000 + b"</a>",
        "attributes": lambda: b"<a " + b"".join(b"b%d='' " % n for n in range(299_000)) + b"/>",
        "namespaces": lambda: b"".join(
            b"<a " + b"".join(b"xmlns:n%d='u%d' " % (n, n) for n in range(1_000)) + b">"
            for _ in range(190)
        ) + b"</a>" * 190,
        "text": lambda: b"<a>" + b"x" * (15 << 20) + b"</a>",
        "attribute": lambda: b"<a b='" + b"x" * (15 << 20) + b"'/>",
        "deep": lambda: b"<a>" * 140_000,
        "bomb": lambda: bytes(BILLION, "utf-8"),
    }  # fmt: skip
    file = tmp_path / "in.xml"
    file.write_bytes(made[kind]())
    told = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(file)],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": "src"},
        cwd=Path(markup.__file__).parents[3],
    ).stdout.split()  # fmt: skip
    assert float(told[0]) < 1
    assert float(told[1]) < 100


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_change_of_bytes_makes_it_stumble(data: st.DataObject) -> None:
    good = (
        b'<?xml version="1.0" encoding="UTF-8"?><m a="1" xmlns:x="y"><x:t>words</x:t><!-- --></m>'
    )
    mutated = bytearray(good)
    for _ in range(data.draw(st.integers(1, 5))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(MarkupRefused):
        read_xml(bytes(mutated))
