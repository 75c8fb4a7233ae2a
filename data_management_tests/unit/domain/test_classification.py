"""From names, counts and the contract to a classification."""

import pytest

from data_management.domain.models import Category, ClassifiedBy, ColumnSpec, Detection, Sensitivity
from data_management.domain.services import DataClassificationService, private_columns, shown_columns
from data_management.domain.services.classification import wilson_lower_bound
from data_management.domain.services.hints import hinted

service = DataClassificationService()


def detected(column: str, tried: int = 300, **matches: int) -> Detection:
    return Detection(column, tried, tuple(matches.items()))


def test_values_decide_where_they_are_unmistakable() -> None:
    (found,) = service.classify(["c1"], [detected("c1", email=280)])
    assert (found.category, found.sensitivity, found.source) == (
        Category.EMAIL,
        Sensitivity.CONFIDENTIAL,
        ClassifiedBy.VALUES,
    )
    assert found.reason == "280 of 300 values have the form of email"


def test_numbers_that_pass_luhn_by_chance_are_no_credit_cards() -> None:
    assert service.classify(["c1"], [detected("c1", credit_card=30)]) == ()
    assert service.classify(["order_number"], [detected("order_number", credit_card=300)]) == ()


def test_a_name_alone_is_not_believed() -> None:
    assert service.classify(["email", "first_name", "dob"]) == ()


def test_one_secret_is_one_too_many() -> None:
    (found,) = service.classify(["note"], [detected("note", secret=1)])
    assert (found.category, found.sensitivity) == (Category.SECRET, Sensitivity.RESTRICTED)
    assert found.confidence >= 0.9


def test_the_contract_wins_and_is_told_what_speaks_against_it() -> None:
    specs = [ColumnSpec("mail", classification="public"), ColumnSpec("salary", classification="Confidential")]
    mail, salary = service.classify(["mail", "salary"], [detected("mail", email=300)], specs)
    assert (mail.sensitivity, mail.source) == (Sensitivity.PUBLIC, ClassifiedBy.CONTRACT)
    assert (
        mail.reason
        == "the contract says public, although 300 of 300 values have the form of email, and the name says so"
    )
    assert (salary.category, salary.sensitivity) == (None, Sensitivity.CONFIDENTIAL)
    assert private_columns(specs, (mail, salary)) == {"salary"}


def test_what_an_earlier_file_showed_stays() -> None:
    known = service.classify(["c1"], [detected("c1", email=300)])
    assert service.classify(["c1"], [detected("c1", tried=1)], known=known) == known
    assert service.classify(["c2"], known=known) == ()


def test_what_the_contract_once_said_does_not_stay() -> None:
    known = service.classify(["c1"], specs=[ColumnSpec("c1", classification="secret")])
    assert service.classify(["c1"], known=known) == ()


def test_a_place_is_private_beside_a_person_alone() -> None:
    place = detected("latitude", coordinate=300)
    assert service.classify(["latitude"], [place])[0].sensitivity is Sensitivity.INTERNAL
    found = service.classify(["latitude", "mail"], [place, detected("mail", email=300)])
    assert [each.sensitivity for each in found] == [Sensitivity.CONFIDENTIAL] * 2


@pytest.mark.parametrize(
    ("level", "private"), [("public", False), (" Internal", False), ("pii", True), ("", False), (None, False)]
)
def test_a_level_that_is_not_known_protects(level: str | None, private: bool) -> None:
    assert bool(private_columns([ColumnSpec("c", classification=level)], ())) is private


def test_detected_columns_are_private_unless_the_contract_says_otherwise() -> None:
    found = service.classify(["a", "b"], [detected("a", email=300), detected("b", email=300)])
    assert private_columns([ColumnSpec("b", classification="internal")], found) == {"a"}


def test_values_are_shown_of_public_columns_or_by_leave_but_never_of_private_ones() -> None:
    specs = [ColumnSpec("a", classification="public"), ColumnSpec("b"), ColumnSpec("c", classification="pii")]
    assert shown_columns(specs, ()) == {"a"}
    assert shown_columns(specs, (), samples=True) == {"a", "b"}


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("customerEMail", Category.EMAIL),
        ("ip_address", Category.IP_ADDRESS),
        ("Telefon-Nummer", Category.PHONE),
        ("geburts_datum", Category.DATE_OF_BIRTH),
        ("Prénom", Category.PERSON_NAME),
        ("dirección", Category.ADDRESS),
        ("STRASSE", Category.ADDRESS),
        ("contraseña", Category.SECRET),
    ],
)
def test_names_speak_four_languages(name: str, category: Category) -> None:
    assert category in hinted(name)


@pytest.mark.parametrize(
    "name", ["tailnum", "carrier", "order_id", "product_name", "amount", "ipo_date", "panel", "celled"]
)
def test_other_names_say_nothing(name: str) -> None:
    assert hinted(name) == frozenset()


def test_few_values_speak_for_little() -> None:
    assert wilson_lower_bound(3, 3) == pytest.approx(0.438, abs=0.001)
    assert wilson_lower_bound(100, 100) == pytest.approx(0.963, abs=0.001)
    assert wilson_lower_bound(0, 10) == wilson_lower_bound(0, 0) == 0.0
