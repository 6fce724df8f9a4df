"""A file of questions into a module that is there: looked at first, then all of it, or none."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gezel.content.actions import start
from gezel.content.models import Module, ModuleIntake
from gezel.content.rules.cartridge.lists import MOST_BLOCKS
from gezel.content.tests.builders import QUESTION, TEXT, a_module, a_picture
from gezel.content.tests.cartridges import a_cartridge, cartridge_files
from gezel.people.api import Organisation, Person

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]
GIFT = b"""::One:: What first? {=Off ~On}

::Two:: Which colour? {=orange =oranje}

::Three:: What do you take along? {}

::Wrong:: Nothing right here {~a ~b}
"""


def looked(client: Client, module: Module, content: bytes = GIFT, name: str = "q.txt") -> Any:
    return client.post(
        reverse("content:bring"),
        {"file": SimpleUploadedFile(name, content), "language": "en", "key": str(uuid.uuid4()),
         "module": module.pk},
    )  # fmt: skip


def says_yes(client: Client, module: Module) -> Any:
    intake = ModuleIntake.objects.latest("created_at")
    return client.post(reverse("content:take_over", args=[intake.pk]), {"module": module.pk})


@pytest.fixture
def module(van_dijk: Organisation, noor: Person) -> Module:
    return a_module(van_dijk, [TEXT, QUESTION], shared_by=noor)


def test_questions_come_behind_what_is_there_as_one_change(
    visit: Visit, noor: Person, module: Module
) -> None:
    client = visit(noor)
    edit = client.get(reverse("content:edit", args=[module.pk])).content.decode()
    assert f"{reverse('content:bring')}?module={module.pk}" in edit
    address = looked(client, module)["Location"]
    page = client.get(address).content.decode()
    for words in ("What first?", "Which colour?", "What do you take along?", "Wrong"):
        assert words in page
    assert module.blocks.current().count() == 2
    before = module.version

    answer = says_yes(client, module)
    assert answer["Location"] == reverse("content:edit", args=[module.pk])
    says_yes(client, module)
    module.refresh_from_db()
    kinds = list(module.blocks.current().values_list("kind", flat=True))
    assert kinds[2:] == ["question", "short", "reflection"]
    assert module.version == before + 1
    assert Module.objects.count() == 1


def test_who_is_in_the_middle_keeps_what_they_had(
    visit: Visit, noor: Person, daan: Person, module: Module, van_dijk: Organisation
) -> None:
    attempt = start(daan, module, organisation=van_dijk)
    client = visit(noor)
    looked(client, module)
    says_yes(client, module)
    assert module.blocks.as_of(attempt.version).count() == 2
    assert module.blocks.current().count() == 5


def test_the_same_file_goes_into_a_module_once_and_into_another_too(
    visit: Visit, noor: Person, module: Module, van_dijk: Organisation
) -> None:
    client = visit(noor)
    for _twice in range(2):
        address = looked(client, module)["Location"]
        page = client.get(address).content.decode()
        says_yes(client, module)
    assert "stand in this module already" in page
    assert module.blocks.current().count() == 5
    other = a_module(van_dijk, [TEXT], shared_by=noor)
    looked(client, other)
    says_yes(client, other)
    assert other.blocks.current().count() == 4


def test_a_module_of_someone_else_is_not_there(
    visit: Visit, noor: Person, daan: Person, module: Module
) -> None:
    stranger = visit(daan)
    assert stranger.get(f"{reverse('content:bring')}?module={module.pk}").status_code == 404
    assert stranger.get(f"{reverse('content:bring')}?module=x").status_code == 404
    assert looked(stranger, module).status_code == 404
    own = a_module(module.activity.organisation, [TEXT], shared_by=daan)
    looked(stranger, own)
    assert says_yes(stranger, module).status_code == 404
    assert module.blocks.current().count() == 2


def test_a_course_does_not_go_into_a_module(visit: Visit, noor: Person, module: Module) -> None:
    client = visit(noor)
    content = a_cartridge(cartridge_files(a_picture()))
    address = looked(client, module, content, "c.imscc")["Location"]
    assert "Make 2 modules" in client.get(address).content.decode()
    answer = says_yes(client, module)
    assert "Only questions go into a module" in client.get(answer["Location"]).content.decode()
    assert module.blocks.current().count() == 2


def test_a_module_does_not_grow_beyond_what_anyone_plays(
    visit: Visit, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT] * (MOST_BLOCKS - 2), shared_by=noor)
    client = visit(noor)
    looked(client, module)
    answer = says_yes(client, module)
    assert "Split the file" in client.get(answer["Location"]).content.decode()
    assert module.blocks.current().count() == MOST_BLOCKS - 2
    assert ModuleIntake.objects.get().state == ModuleIntake.State.READ
