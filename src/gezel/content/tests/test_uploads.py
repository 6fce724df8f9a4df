"""Files that arrive in parts: the protocol, what is kept when the line breaks, whose they are."""

import base64
import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.content import actions
from gezel.content.actions import receiving
from gezel.content.models import ContentSettings, Media, Upload
from gezel.content.models.uploads import arriving
from gezel.content.rules import tus, uploads
from gezel.content.tests.builders import a_module, a_picture
from gezel.kit.jobs import begin_night, run_waiting
from gezel.people.api import Organisation, Person

pytestmark = pytest.mark.django_db

SPOKEN = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


def told(**pairs: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())


def begin(client: Client, length: object, purpose: str = "file", name: str = "plan.pdf") -> Any:
    return client.post(
        reverse("content:uploads"),
        headers=SPOKEN
        | {"Upload-Length": str(length), "Upload-Metadata": told(purpose=purpose, filename=name)},
    )


def send(client: Client, where: str, data: bytes, offset: object, **more: str) -> Any:
    headers = SPOKEN | {"Upload-Offset": str(offset)} | more
    return client.patch(where, data, content_type=PART, headers=headers)


def upload_of(person: Person, organisation: Organisation, length: int = 10, **more: Any) -> Upload:
    told_of = {"purpose": "file", "name": "plan.pdf"} | more
    return actions.begin_upload(person, organisation, length=length, **told_of)


# --- What headers say -------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["", "-1", "1.5", "1e3", "٣", "9" * 16, " 1"])
def test_a_length_is_a_plain_number(header: str) -> None:
    with pytest.raises(tus.BadHeader):
        tus.number_of(header, "Upload-Length")


@pytest.mark.parametrize(
    "header", ["name !", "name /w==", f"a {base64.b64encode(b'x').decode()},a eA==", "x " * 3000]
)
def test_metadata_that_cannot_be_read_is_refused(header: str) -> None:
    with pytest.raises(tus.BadHeader):
        tus.metadata_of(header)


def test_metadata_may_hold_a_key_without_a_value() -> None:
    assert tus.metadata_of("relative, filename YcOpLm1wNA==") == {
        "relative": "",
        "filename": "aé.mp4",
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\noor\\film.mp4", "film.mp4"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        (". ", ""),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_the_last_part_and_steers_nothing(given: str, kept: str) -> None:
    assert tus.file_name(given) == kept


# --- The protocol -----------------------------------------------------------------------------


def test_a_file_arrives_in_parts_and_goes_on_where_it_was(
    noor: Person, visit: Callable[[Person], Client]
) -> None:
    client = visit(noor)
    begun = begin(client, 10)
    where = begun["Location"]

    assert begun.status_code == 201
    first = send(client, where, b"12345", 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "5")
    asked = client.head(where, headers=SPOKEN)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("5", "10")
    assert asked["Cache-Control"] == "no-store"
    last = send(client, where, b"67890", 5)
    assert last["Upload-Offset"] == "10"
    upload = Upload.objects.get()
    assert upload.is_whole
    assert upload.path.read_bytes() == b"1234567890"


def test_a_part_sent_twice_or_out_of_place_changes_nothing(
    noor: Person, visit: Callable[[Person], Client]
) -> None:
    client = visit(noor)
    where = begin(client, 10)["Location"]
    send(client, where, b"12345", 0)

    for offset in (0, 4, 6):
        again = send(client, where, b"xxxxx", offset)
        assert (again.status_code, again["Upload-Offset"]) == (409, "5")
    assert Upload.objects.get().path.read_bytes() == b"12345"


def test_more_than_was_said_is_refused_and_not_kept(
    noor: Person, visit: Callable[[Person], Client]
) -> None:
    client = visit(noor)
    where = begin(client, 4)["Location"]

    assert send(client, where, b"12345", 0).status_code == 413
    assert client.head(where, headers=SPOKEN)["Upload-Offset"] == "0"
    assert send(client, where, b"1234", 0).status_code == 204


@pytest.mark.parametrize("algorithm", tus.ALGORITHMS)
def test_a_damaged_part_is_not_kept(
    noor: Person, visit: Callable[[Person], Client], algorithm: str
) -> None:
    client = visit(noor)
    where = begin(client, 5)["Location"]
    digest = base64.b64encode(hashlib.new(algorithm, b"12345").digest()).decode()

    damaged = send(client, where, b"12x45", 0, **{"Upload-Checksum": f"{algorithm} {digest}"})
    assert damaged.status_code == 460
    assert client.head(where, headers=SPOKEN)["Upload-Offset"] == "0"
    whole = send(client, where, b"12345", 0, **{"Upload-Checksum": f"{algorithm} {digest}"})
    assert whole.status_code == 204


@pytest.mark.parametrize("header", ["crc32 AAAA", "sha1 !"])
def test_a_checksum_we_do_not_know_is_said_so(
    noor: Person, visit: Callable[[Person], Client], header: str
) -> None:
    client = visit(noor)
    where = begin(client, 5)["Location"]

    assert send(client, where, b"12345", 0, **{"Upload-Checksum": header}).status_code == 400


def test_what_we_speak_is_told_to_everyone(client: Client) -> None:
    answer = client.options(reverse("content:uploads"))

    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert int(answer["Tus-Max-Size"]) == 2 * 1024**3


def test_other_versions_forms_and_purposes_are_refused(
    noor: Person, visit: Callable[[Person], Client]
) -> None:
    client = visit(noor)
    where = begin(client, 5)["Location"]
    old = client.head(where, headers={"Tus-Resumable": "0.2.0"})

    assert (old.status_code, old["Tus-Version"]) == (412, "1.0.0")
    wrong = client.patch(
        where, b"1", content_type="text/plain", headers=SPOKEN | {"Upload-Offset": "0"}
    )
    assert wrong.status_code == 415
    assert begin(client, 5, purpose="virus").status_code == 400
    assert begin(client, "many").status_code == 400


def test_an_upload_that_is_not_wanted_goes(noor: Person, visit: Callable[[Person], Client]) -> None:
    client = visit(noor)
    where = begin(client, 5)["Location"]
    path = Upload.objects.get().path

    assert client.delete(where, headers=SPOKEN).status_code == 204
    assert client.head(where, headers=SPOKEN).status_code == 404
    assert not path.exists() or Upload.objects.count() == 0


@pytest.mark.parametrize("who", ["daan", "sam"])
def test_to_others_an_upload_does_not_exist(
    noor: Person, who: str, visit: Callable[[Person], Client], request: pytest.FixtureRequest
) -> None:
    where = begin(visit(noor), 5)["Location"]
    other = visit(request.getfixturevalue(who))

    assert other.head(where, headers=SPOKEN).status_code == 404
    assert send(other, where, b"12345", 0).status_code == 404
    assert other.delete(where, headers=SPOKEN).status_code == 404
    assert Upload.objects.get().offset == 0


def test_who_was_signed_out_is_told_and_loses_nothing(
    noor: Person, visit: Callable[[Person], Client], client: Client
) -> None:
    where = begin(visit(noor), 5)["Location"]
    send(visit(noor), where, b"123", 0)

    assert send(client, where, b"45", 3).status_code == 401
    assert visit(noor).head(where, headers=SPOKEN)["Upload-Offset"] == "3"


def test_a_form_of_another_site_cannot_send_parts(noor: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(noor)

    assert begin(client, 5).status_code == 403


# --- What is kept -----------------------------------------------------------------------------


def _cut(*parts: bytes) -> Iterator[bytes]:
    yield from parts
    raise receiving.CutOff


def test_what_came_before_the_line_broke_is_kept(van_dijk: Organisation, noor: Person) -> None:
    upload = upload_of(noor, van_dijk)

    assert actions.take_part(upload, offset=0, parts=_cut(b"123", b"45678")) == 8
    assert actions.take_part(upload, offset=8, parts=[b"90"]) == 10
    assert upload.path.read_bytes() == b"1234567890"


def test_with_a_checksum_a_broken_part_is_nothing(van_dijk: Organisation, noor: Person) -> None:
    upload = upload_of(noor, van_dijk)
    checksum = tus.Checksum("sha1", hashlib.sha1(b"1234567890").digest())

    with pytest.raises(receiving.Damaged):
        actions.take_part(upload, offset=0, parts=_cut(b"123"), checksum=checksum)
    assert Upload.objects.get().offset == 0


def test_what_a_crash_left_behind_our_word_is_written_over(
    van_dijk: Organisation, noor: Person
) -> None:
    upload = upload_of(noor, van_dijk)
    actions.take_part(upload, offset=0, parts=[b"12345"])
    with upload.path.open("ab") as file:
        file.write(b"garbage that no row speaks of")

    actions.take_part(upload, offset=5, parts=[b"678"])
    assert upload.path.read_bytes() == b"12345678"


def test_two_parts_at_once_do_not_mix(van_dijk: Organisation, noor: Person) -> None:
    upload = upload_of(noor, van_dijk)

    def while_another_tries() -> Iterator[bytes]:
        yield b"12345"
        with pytest.raises(receiving.Busy):
            actions.take_part(upload, offset=0, parts=[b"abcde"])
        yield b"67890"

    assert actions.take_part(upload, offset=0, parts=while_another_tries()) == 10
    assert upload.path.read_bytes() == b"1234567890"


def test_a_full_disk_keeps_what_stood(
    van_dijk: Organisation, noor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = upload_of(noor, van_dijk)
    actions.take_part(upload, offset=0, parts=[b"12345"])

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("gezel.content.actions.receiving.os.fsync", full)
        with pytest.raises(receiving.DiskFull):
            actions.take_part(upload, offset=5, parts=[b"67890"])
    upload.refresh_from_db()
    assert upload.offset == 5
    assert actions.take_part(upload, offset=5, parts=[b"67890"]) == 10


# --- Using it ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_file_is_used_once_and_then_gone(van_dijk: Organisation, noor: Person) -> None:
    upload = upload_of(noor, van_dijk, 5)
    actions.take_part(upload, offset=0, parts=[b"12345"])

    with actions.claim_upload(noor, upload.pk, purpose="file") as arrived:
        assert arrived.path.read_bytes() == b"12345"
        assert (arrived.name, arrived.size) == ("plan.pdf", 5)
    assert not upload.path.exists()
    with (
        pytest.raises(actions.Refused, match="no longer there"),
        actions.claim_upload(noor, upload.pk, purpose="file"),
    ):
        pass


def test_a_mistake_elsewhere_leaves_the_file_for_the_next_try(
    van_dijk: Organisation, noor: Person
) -> None:
    upload = upload_of(noor, van_dijk, 5)
    actions.take_part(upload, offset=0, parts=[b"12345"])

    with (
        pytest.raises(KeyError),
        actions.claim_upload(noor, upload.pk, purpose="file"),
    ):
        raise KeyError
    assert upload.path.exists()
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_only_whole_of_oneself_and_for_what_it_was_sent(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    half = upload_of(noor, van_dijk, 5)
    whole = upload_of(noor, van_dijk, 0)

    for who, pk, purpose in (
        (noor, half.pk, "file"), (daan, whole.pk, "file"), (noor, whole.pk, "package"),
        (noor, uuid.uuid4(), "file"),
    ):  # fmt: skip
        with (
            pytest.raises(actions.Refused),
            actions.claim_upload(who, pk, purpose=purpose),
        ):
            pass


# --- Limits -----------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", sorted(uploads.PURPOSES))
def test_what_is_too_large_for_its_purpose_is_refused_before_it_is_sent(
    noor: Person, visit: Callable[[Person], Client], purpose: str
) -> None:
    client = visit(noor)
    most = uploads.PURPOSES[purpose]
    refused = begin(client, most + 1, purpose=purpose)

    assert refused.status_code == 413
    assert f"at most {most // 1024**2} MB" in refused.content.decode()
    assert begin(client, most, purpose=purpose).status_code == 201


def test_an_organisation_has_so_much_room(
    van_dijk: Organisation, noor: Person, daan: Person, sam: Person, de_linde: Organisation
) -> None:
    ContentSettings.objects.create(organisation=van_dijk, quota_gb=1)
    Media.objects.create(organisation=van_dijk, kind="video/mp4", digest="a", size=900 * 1024**2)
    upload_of(noor, van_dijk, 100 * 1024**2)

    with pytest.raises(receiving.TooLarge, match="no room left"):
        upload_of(daan, van_dijk, 100 * 1024**2)
    assert upload_of(sam, de_linde, 100 * 1024**2).pk


def test_nobody_begins_without_end(van_dijk: Organisation, noor: Person) -> None:
    for _time in range(receiving.MOST_AT_ONCE):
        upload_of(noor, van_dijk, 1)

    with pytest.raises(receiving.TooMany):
        upload_of(noor, van_dijk, 1)


@pytest.mark.django_db(transaction=True)
def test_the_night_takes_what_nobody_went_on_with(van_dijk: Organisation, noor: Person) -> None:
    fresh, old = upload_of(noor, van_dijk), upload_of(noor, van_dijk)
    Upload.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    lost = arriving() / str(uuid.uuid4())
    lost.write_bytes(b"left by a crash")
    long_ago = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(lost, (long_ago, long_ago))

    begin_night(timezone.localtime().replace(hour=3, minute=0))
    while run_waiting():
        pass

    assert fresh.path.exists()
    assert not old.path.exists()
    assert not lost.exists()
    assert list(Upload.objects.all()) == [fresh]


# --- In a form --------------------------------------------------------------------------------


def test_a_block_takes_the_file_that_went_ahead(
    van_dijk: Organisation, noor: Person, visit: Callable[[Person], Client]
) -> None:
    module = a_module(van_dijk, shared_by=noor)
    photo = a_picture()
    upload = upload_of(noor, van_dijk, len(photo), purpose="image", name="photo.png")
    actions.take_part(upload, offset=0, parts=[photo])

    answer = visit(noor).post(
        reverse("content:add_block", args=[module.pk, "image"]),
        {"version": module.version, "alt_en": "The lock", "upload": str(upload.pk)},
    )

    assert answer.status_code == 302
    block = module.blocks.current().last()
    assert block is not None
    assert block.media is not None
    assert block.media.kind == "image/webp"


def test_a_file_of_the_wrong_kind_that_went_ahead_is_refused_with_the_reason(
    van_dijk: Organisation, noor: Person, visit: Callable[[Person], Client]
) -> None:
    module = a_module(van_dijk, shared_by=noor)
    upload = upload_of(noor, van_dijk, 9, purpose="video", name="film.mp4")
    actions.take_part(upload, offset=0, parts=[b"not video"])

    answer = visit(noor).post(
        reverse("content:add_block", args=[module.pk, "video"]),
        {"version": module.version, "title_en": "A", "transcript_en": "B",
         "upload": str(upload.pk)},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "not a video we can play" in answer.content.decode()


def test_without_scripts_the_file_comes_with_the_form(
    van_dijk: Organisation, noor: Person, visit: Callable[[Person], Client]
) -> None:
    module = a_module(van_dijk, shared_by=noor)
    answer = visit(noor).post(
        reverse("content:add_block", args=[module.pk, "image"]),
        {"version": module.version, "alt_en": "The lock",
         "file": SimpleUploadedFile("photo.png", a_picture())},
    )  # fmt: skip

    assert answer.status_code == 302
