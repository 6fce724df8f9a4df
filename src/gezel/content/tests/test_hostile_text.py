"""What someone writes stays words: in Markdown, in every field, in every view."""

import json
import uuid
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from conftest import PageOf
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Dialog

from gezel.content.actions import Given, finish, keep_answers, make_module, start
from gezel.content.models import Module
from gezel.content.queries import play
from gezel.content.rules.prose import to_html
from gezel.content.tests.builders import DRAWING, WEBM, an_activity, fitting
from gezel.people.api import Organisation, Person

Visit = Callable[[Person], Client]

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//example.test/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror='alert(1)'//",
    "<img/src/onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",  # noqa: E501
    "<math href=javascript:alert(1)>x</math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//example.test/>",
    "<link rel=stylesheet href=//example.test/x.css>",
    "<style>@import '//example.test/x.css'</style>",
    "<style>*{background:url(//example.test/x)}</style>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<form action=//example.test><input name=password><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video src=x onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<p style='background:url(//example.test)'>x</p>",
    "<p onclick=alert(1)>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "--></style></script><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](blob:https://example.test/1)",
    '[x](https://example.test" onmouseover="alert(1))',
    "[x](<https://example.test' onclick='alert(1)>)",
    '[x](https://example.test "title\\" onmouseover=\\"alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://example.test/pixel.png)",
    "![x](x\" onerror=\"alert(1))",
    "<javascript:alert(1)>",
    "<https://example.test/\"onclick=alert(1)//>",
    "`<script>alert(1)</script>`",
    "```\n<script>alert(1)</script>\n```",
    "```\"><script>alert(1)</script>\nx\n```",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\u003cscript\u003ealert(1)\u003c/script\u003e",
    "{{ settings.SECRET_KEY }}{% debug %}{{ 7|add:7 }}",
    "{% include 'site/base.html' %}${7*7}#{7*7}<%= 7*7 %>",
    "\u202e<img src=x onerror=alert(1)>\u202c",
    "<a id=attempt name=dataset>clobber</a><form id=player></form>",
    "<img name=getElementById><form name=body>",
    "<p data-player data-go=1 hx-get=//example.test hx-trigger=load>x</p>",
]  # fmt: skip

HARMLESS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote",
    "br", "hr", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class Reader(HTMLParser):
    """Every element and attribute of a page, as a parser sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Reader()
    reader.feed(html)
    return reader.found


def complaints(html: str) -> list[str]:
    """What in a page could run, load from elsewhere, or does not come from our templates."""
    bad = []
    for tag, attributes in elements(html):
        for name, value in attributes.items():
            reached = (value or "").strip().lower()
            if name.startswith("on") or name in {"srcdoc", "formaction", "style", "hx-get"}:
                bad.append(f"{tag} {name}")
            if name in {"href", "src", "action", "data"} and (
                reached.startswith(("javascript:", "data:", "vbscript:", "file:", "blob:"))
                or ("example.test" in reached and tag != "a")
            ):
                bad.append(f"{tag} {name}={value}")
        if tag in {"iframe", "object", "embed", "base", "math", "animate", "marquee"}:
            bad.append(tag)
        if tag == "template" and "data-editor-icons" not in attributes:
            bad.append(tag)
        if tag == "script" and not (attributes.get("src") or "").startswith("/"):
            bad.append("script")
    return bad


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_stays_words(payload: str) -> None:
    html = to_html(payload)

    assert {tag for tag, _attributes in elements(html)} <= HARMLESS
    for tag, attributes in elements(html):
        allowed = {"a": {"href", "rel", "title"}, "ol": {"start"}}.get(tag, set())
        assert set(attributes) <= allowed
    assert not complaints(html)


def test_markdown_means_what_it_says() -> None:
    html = to_html("# One\n\n**bold** [x](https://example.test)\n\n3. three\n\n| a |\n|---|\n| b |")

    assert "<h2>One</h2>" in html
    assert "<strong>bold</strong>" in html
    assert '<a href="https://example.test" rel="noopener noreferrer">x</a>' in html
    assert '<ol start="3">' in html
    assert "<td>b</td>" in html


def hostile_module(organisation: Organisation, payload: str) -> Module:
    words = {"nl": payload, "en": payload}
    return make_module(
        an_activity(organisation, payload[:250]),
        goal={language: text[:500] for language, text in words.items()},
        minutes=5,
        pass_percent=100,
        blocks=[
            {"kind": "text", "body": words},
            {"kind": "image", "file": "a.svg", "alt": words, "caption": words},
            {"kind": "video", "file": "a.webm", "title": words, "transcript": words},
            {
                "kind": "question", "prompt": words,
                "option": [{"text": words, "right": True, "why": words},
                           {"text": words, "why": words}],
            },
            {"kind": "reflection", "prompt": words},
            {"kind": "checklist", "prompt": words, "items": {"nl": [payload], "en": [payload]}},
        ],
        media={"a.svg": DRAWING, "a.webm": WEBM},
    )  # fmt: skip


def every_page(module: Module) -> list[str]:
    pages = [
        reverse(f"content:{n}", args=[module.pk]) for n in ("play", "preview", "edit", "about")
    ]
    pages += [
        reverse("content:change_block", args=[module.pk, block.pk])
        for block in module.blocks.current()
    ]
    return [
        *pages,
        reverse("content:panel_start", args=[module.activity_id]),
        reverse("records:mine"),
    ]


def played_wrongly(person: Person, module: Module, payload: str) -> str:
    """Play with a wrong answer and hostile thoughts; the page that tells what it came to."""
    attempt = start(person, module, organisation=module.activity.organisation)
    keep_answers(
        attempt,
        [
            Given(
                uuid.uuid4(), step.block.pk, attempt.started_at,
                {"text": payload} if step.block.kind == "reflection"
                else fitting(step.body, right=False),
            )
            for step in play(attempt).steps
        ],
    )  # fmt: skip
    finish(attempt, organisation=module.activity.organisation)
    return reverse("content:result", args=[attempt.registration])


@pytest.mark.django_db
@pytest.mark.parametrize("payload", PAYLOADS[::6])
def test_every_field_in_every_view_stays_words(
    visit: Visit, femke: Person, van_dijk: Organisation, payload: str
) -> None:
    module = hostile_module(van_dijk, payload.replace("\x01", ""))
    client = visit(femke)
    result = played_wrongly(femke, module, payload)
    start(femke, module, organisation=van_dijk)
    clean = a_page_of_ours(client)

    for page in (*every_page(module), result, reverse("content:panel_continue")):
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert not complaints(answer.content.decode()), page
    assert not clean
    lines = b"".join(client.get(reverse("records:download"))).decode().splitlines()
    assert all(json.loads(line)["version"] == "2.0.0" for line in lines)


def a_page_of_ours(client: Client) -> list[str]:
    """Our own pages give no reason to complain, so that a complaint means something."""
    return complaints(client.get(reverse("content:new")).content.decode())


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.django_db(transaction=True)
def test_nothing_runs_in_a_real_browser(
    page_of: PageOf, femke: Person, van_dijk: Organisation
) -> None:
    dialogs: list[str] = []
    everything = "\n\n".join(p.replace("\x01", "") for p in PAYLOADS if not p.startswith("["))
    page = page_of(femke)

    def heard(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", heard)
    for payload in (PAYLOADS[3], PAYLOADS[6], PAYLOADS[41], everything[:900]):
        module = hostile_module(van_dijk, payload)
        addresses = [*every_page(module), played_wrongly(femke, module, payload)]
        for address in addresses:
            page.goto(address)
            page.wait_for_load_state("networkidle")
    assert not dialogs
