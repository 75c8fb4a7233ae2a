import pytest
from jinja2 import UndefinedError

from data_management.presentation.pages import links
from data_management.presentation.pages.rendering import environment, points, share, size, threshold, visible
from data_management_tests.end_to_end.pages.names import HOSTILE


@pytest.mark.parametrize("name", [*HOSTILE.values(), "a\ud83db"], ids=[*HOSTILE, "half a pair"])
def test_a_link_leads_to_the_name_that_it_was_made_of(name: str) -> None:
    from data_management.presentation.api.paths import routed

    address = links.dataset(name, "rules", name)
    root, ui, datasets, dataset, rules, rule = routed(address.encode("ascii")).split("/")
    assert (root, ui, datasets, rules) == ("", "ui", "datasets", "rules")
    assert (links.name_in(dataset), links.name_in(rule)) == (name, name)
    assert dataset not in (".", "..")


def test_what_acts_unseen_is_shown() -> None:
    assert visible("a\u202eb\x00c\x1b\ud800d\u2028") == "a\\u202eb\\x00c\\x1b\\ud800d\\u2028"
    for kept in ("tab\tand\nline", "👩‍👩‍👧", "عربي", "ü–€", 5, None):
        assert visible(kept) == kept


def test_all_that_a_template_prints_is_escaped_and_what_it_does_not_know_is_an_error() -> None:
    made = environment().from_string(
        '<p title="{{ name }}">{{ name }}{{ parts(name) }}</p>{% macro parts(x) %}<b>{{ x }}</b>{% endmacro %}'
    )
    with pytest.raises(UndefinedError):
        made.render(name="a")
    made = environment().from_string(
        '{% macro bold(x) %}<b>{{ x }}</b>{% endmacro %}<p title="{{ name }}">{{ bold(name) }}</p>'
    )
    assert (
        made.render(name="\"'<&\u202e>")
        == '<p title="&#34;&#39;&lt;&amp;\\u202e&gt;"><b>&#34;&#39;&lt;&amp;\\u202e&gt;</b></p>'
    )


@pytest.mark.parametrize(
    ("address", "led_to"),
    [
        ("/ui/datasets/a?b=c", "/ui/datasets/a?b=c"),
        ("/ui/", "/ui/"),
        ("", "/ui/"),
        ("/v1/datasets", "/ui/"),
        ("//example.org/ui/", "/ui/"),
        ("https://example.org/ui/", "/ui/"),
        ("/ui/\r\nSet-Cookie: a=b", "/ui/"),
        ("/uio/", "/ui/"),
    ],
)
def test_a_login_leads_to_pages_of_ours(address: str, led_to: str) -> None:
    assert links.own(address) == led_to


def test_places_are_told_as_people_wrote_them() -> None:
    assert (
        links.place("file:///landing/orders/2026/a%20%C3%BC.csv", "file:///landing/orders/**/*.csv") == "2026/a ü.csv"
    )
    assert links.place("s3://lake/a/b.csv", "s3://lake/a/*.csv") == "b.csv"
    assert links.place("file:///x/%FF.csv") == "file:///x/\\xff.csv"


def test_figures_do_not_promise_more_than_there_is() -> None:
    assert [points(value) for value in (None, 0.0, 99.94, 99.96, 99.9999, 100.0)] == [
        "–",
        "0.0",
        "99.94",
        "99.96",
        "99.9999",
        "100.0",
    ]
    assert [share(*pair) for pair in ((None, 1), (0, 0), (0, 9), (1, 10**6), (10**6 - 1, 10**6), (1, 1), (1, 3))] == [
        "–", "–", "0.0 %", "< 0.1 %", "> 99.9 %", "100.0 %", "33.3 %"
    ]  # fmt: skip
    assert [size(count) for count in (None, 0, 1023, 1024, 5 * 1024**3)] == [
        "–",
        "0 bytes",
        "1,023 bytes",
        "1.0 KiB",
        "5.0 GiB",
    ]


def test_a_threshold_reads_as_the_contract_says_it() -> None:
    assert (
        threshold({"operator": "mustBeBetween", "bounds": [500.0, 1200.0], "unit": "rows"})
        == "mustBeBetween [500, 1200]"
    )
