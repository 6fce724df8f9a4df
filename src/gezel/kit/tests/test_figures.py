"""Numbers as people write them."""

import pytest
from django.template import engines
from django.utils import translation

from gezel.kit.figures import grouped


@pytest.mark.parametrize(
    ("language", "told"), [("en", "1 row, 5,004 rows"), ("nl", "1 rij, 5.004 rijen")]
)
def test_a_number_is_grouped_and_still_chooses_its_plural(language: str, told: str) -> None:
    template = engines["django"].from_string(
        "{% for n in numbers %}{% blocktranslate count n=n|grouped %}{{ n }} row{% plural %}"
        "{{ n }} rows{% endblocktranslate %}{% if not forloop.last %}, {% endif %}{% endfor %}"
    )
    with translation.override(language):
        assert template.render({"numbers": [1, 5004]}) == told


def test_nothing_is_nothing_and_a_number_stays_one() -> None:
    assert grouped(None) == ""
    assert grouped(5004) == 5004
    with translation.override("nl"):
        assert f"{grouped(1_250_000)}" == "1.250.000"
