"""A list on its way in: which column is which, and what is remembered of that."""

from gezel.kit.incoming.columns import guess, learned, meanings

MEANT = meanings({"who": "name; e-mail", "on": "date; datum"})


def test_what_was_chosen_before_goes_before_the_usual_words() -> None:
    header = ["Datum", "E-MAIL ", "Name"]

    assert guess(header, {}, MEANT) == {"on": 0, "who": 1}
    assert guess(header, {"name": "who"}, MEANT) == {"who": 2, "on": 0}
    assert guess(header, {"name": "a field that is gone"}, MEANT) == {"on": 0, "who": 1}


def test_a_column_has_one_meaning_and_a_meaning_one_column() -> None:
    assert guess(["Name", "E-mail"], {"name": "on"}, MEANT) == {"on": 0, "who": 1}


def test_a_new_choice_is_learned_and_what_it_contradicts_is_forgotten() -> None:
    before = {"wie": "who", "wanneer": "on", "naam": "who"}

    after = learned(before, ["Wie", "", "Dag"], {"who": 1, "on": 2})

    # "Wie" stands in this list and was not chosen; a column without a name cannot be remembered.
    assert after == {"dag": "on", "naam": "who"}
