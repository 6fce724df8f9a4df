"""Making a module at a desk, in a real browser: the editor, dragging, two at once, versions."""

from collections.abc import Callable

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import Page, expect

from gezel.content.models import Module, Writing
from gezel.content.tests.builders import QUESTION, REFLECTION, TEXT, a_module
from gezel.people.api import Organisation, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def draft(van_dijk: Organisation, noor: Person) -> Module:
    return a_module(van_dijk, (TEXT, QUESTION, REFLECTION), shared_by=noor, state="draft")


def url(name: str, *args: int | str) -> str:
    return reverse(f"content:{name}", args=args)


def kinds_of(module: Module) -> list[str]:
    return list(module.blocks.current().values_list("kind", flat=True))


def test_the_editor_writes_clean_markdown_by_mouse_and_keyboard(
    draft: Module, noor: Person, page_of: PageOf, accessible: Callable[[Page], None]
) -> None:
    page = page_of(noor, dark=True)
    page.goto(url("add_block", draft.pk, "text"))
    paper = page.get_by_role("textbox", name="Text in English")
    bar = page.get_by_role("toolbar", name="Layout: Text in English")
    paper.click()
    page.keyboard.type("Always ")
    bar.get_by_role("button", name="Bold").click()
    page.keyboard.type("lock")
    bar.get_by_role("button", name="Bold").click()
    page.keyboard.type(" it.")
    page.keyboard.press("Enter")
    bar.get_by_role("button", name="List", exact=True).click()
    page.keyboard.type("off")
    page.keyboard.press("Enter")
    page.keyboard.type("lock")
    accessible(page)
    # One stop for Tab, arrows within.
    bar.get_by_role("button", name="Bold").focus()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Italic")).to_be_focused()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/edit/#block-*")

    block = draft.blocks.current().last()
    assert block is not None
    assert block.body["body"]["en"] == "Always **lock** it.\n\n- off\n- lock"


def test_what_the_editor_cannot_hold_stays_as_it_was_written(
    van_dijk: Organisation, noor: Person, page_of: PageOf
) -> None:
    table = {"kind": "text", "body": {"en": "| a | b |\n|---|---|\n| 1 | 2 |", "nl": "Plat"}}
    angle = {"kind": "text", "body": {"en": "Type <b>bold</b> to see."}}
    module = a_module(van_dijk, (table, angle), shared_by=noor)
    page = page_of(noor)
    for block in module.blocks.all():
        page.goto(url("change_block", module.pk, block.pk))
        expect(page.locator("textarea[name=body_en]")).to_be_visible()
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/edit/#block-*")
        assert module.blocks.get(pk=block.pk).body["body"]["en"] == block.body["body"]["en"]


def test_without_scripts_it_is_a_plain_form(draft: Module, noor: Person, page_of: PageOf) -> None:
    page = page_of(noor, scripts=False)
    page.goto(url("add_block", draft.pk, "text"))
    page.get_by_label("Text in English").fill("Plain **words**.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Move block 4 up").click()

    assert kinds_of(draft) == ["text", "question", "text", "reflection"]


def test_blocks_are_dragged_by_their_grip_and_moved_by_keyboard(
    draft: Module, noor: Person, page_of: PageOf, accessible: Callable[[Page], None]
) -> None:
    page = page_of(noor)
    page.goto(url("edit", draft.pk))
    grips = page.locator(".making-grip")
    start = grips.first.bounding_box()
    assert start
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    # The list gives way while one drags: towards what is last by then, until nothing moves.
    for _step in range(6):
        last = page.locator(".play-edit > li").last.bounding_box()
        assert last
        page.mouse.move(last["x"] + 60, last["y"] + last["height"] * 0.9, steps=8)
        page.wait_for_timeout(150)
    with page.expect_response("**/edit/order/"):
        page.mouse.up()
    assert kinds_of(draft) == ["question", "reflection", "text"]
    accessible(page)

    page.reload()
    page.get_by_role("button", name="Move block 3 up").press("Enter")
    page.wait_for_url("**#block-*")
    assert kinds_of(draft) == ["question", "text", "reflection"]


def test_what_one_writes_is_kept_while_writing_and_comes_back(
    draft: Module, noor: Person, page_of: PageOf
) -> None:
    address = url("add_block", draft.pk, "reflection")
    page = page_of(noor, phone=True)
    page.goto(address)
    page.get_by_label("What to think about, in English").fill("What would you do alone?")
    expect(page.get_by_text("Nobody else sees it until you save.")).to_be_visible()
    assert Writing.objects.get().fields["prompt_en"] == "What would you do alone?"
    page.goto(url("edit", draft.pk))
    page.goto(address)
    expect(page.get_by_text("did not save")).to_be_visible()
    expect(page.get_by_label("What to think about, in English")).to_have_value(
        "What would you do alone?"
    )
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/edit/#block-*")

    assert not Writing.objects.exists()


def test_two_who_save_at_once_lose_nothing_and_an_older_version_comes_back(
    draft: Module,
    noor: Person,
    femke: Person,
    page_of: PageOf,
    accessible: Callable[[Page], None],
) -> None:
    block = draft.blocks.all()[2]
    address = url("change_block", draft.pk, block.pk)
    mine, hers = page_of(noor), page_of(femke)
    for page in (mine, hers):
        page.goto(address)
    hers.get_by_label("What to think about, in English").fill("Hers")
    hers.get_by_role("button", name="Save").click()
    hers.wait_for_url("**/edit/#block-*")
    mine.get_by_label("What to think about, in English").fill("Mine")
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_role("heading", name="Two versions")).to_be_visible()
    expect(mine.get_by_text("Hers")).to_be_visible()
    accessible(mine)
    mine.get_by_label("What to think about, in English").fill("Hers, and mine")
    mine.get_by_role("button", name="Save").click()
    mine.wait_for_url("**/edit/#block-*")

    mine.get_by_role("link", name="Versions").click()
    accessible(mine)
    mine.get_by_role("link", name="A block changed").click()
    expect(mine.get_by_text("Hers, and mine")).to_be_visible()
    accessible(mine)
    mine.get_by_role("button", name="Put this version back").click()
    mine.wait_for_url("**/edit/")
    now = draft.blocks.current().last()
    assert now is not None
    assert now.body["prompt"]["en"] == "Hers"
