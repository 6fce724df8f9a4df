"""A long work in steps lets others write between them."""

import threading
from time import perf_counter, sleep

import pytest
from django.db import connection, transaction

from gezel.kit.models import SearchWord
from gezel.kit.turns import one_step


@pytest.mark.django_db(transaction=True)
def test_who_waits_has_a_turn_after_the_step_that_runs() -> None:
    SearchWord.objects.create(word="bystander", stem="bystand")
    began_first_step = threading.Event()
    waited: list[float] = []

    def write() -> None:
        try:
            began_first_step.wait()
            began = perf_counter()
            with transaction.atomic():
                SearchWord.objects.filter(word="bystander").update(stem="seen")
            waited.append(perf_counter() - began)
        finally:
            connection.close()

    other = threading.Thread(target=write)
    other.start()
    for number in range(6):
        with one_step():
            SearchWord.objects.create(word=f"word{number}", stem=f"word{number}")
            began_first_step.set()
            sleep(0.5)
    other.join()

    assert waited[0] < 1.5, "all six steps take three seconds"


@pytest.mark.django_db(transaction=True)
def test_a_step_that_breaks_leaves_the_steps_before_it() -> None:
    with one_step():
        SearchWord.objects.create(word="first", stem="first")
    with pytest.raises(ZeroDivisionError), one_step():
        SearchWord.objects.create(word="second", stem="s" * (1 // 0))

    assert list(SearchWord.objects.values_list("word", flat=True)) == ["first"]
