"""More labelled columns: other countries, other spellings of names, values in other clothes, and what looks like them."""

import random
import string
from collections.abc import Callable, Iterator
from typing import Any

from data_management.domain.models import Category
from data_management_tests.integration.quality.profiling.labelled import (
    Labelled,
    card,
    checked,
    day,
    digits,
    email,
    iban,
    key,
)

_HEX = "0123456789abcdef"
_PEOPLE = [
    "Camille Lefèvre",
    "Iñaki Núñez",
    "Jörg Weiß",
    "Niccolò D'Angelo",
    "Paweł Wójcik",
    "Dr. H. Krüger",
    "佐藤 健",
]
_PRODUCTS = ["Rotwein", "Camembert", "Schrauben M4", "USB cable"]

Make = Callable[[random.Random], Any]


def _columns(category: Category | None, value: Make, names: str, kind: str = "VARCHAR") -> Iterator[Labelled]:
    return (Labelled(name.strip(), kind, category, value) for name in names.split(","))


def _nie(r: random.Random) -> str:
    return checked(r, lambda r: r.choice("XYZ") + digits(r, 7) + r.choice("TRWAGMYFPDXBNJZSQVHLCKE"), "es.nie")


def _hetu(r: random.Random) -> str:
    return checked(
        r, lambda r: f"{day(r):%d%m%y}-{digits(r, 3)}{r.choice('0123456789ABCDEFHJKLMNPRSTUVWXY')}", "fi.hetu"
    )


def _fodselsnummer(r: random.Random) -> str:
    return checked(r, lambda r: f"{day(r):%d%m%y}{digits(r, 5)}", "no.fodselsnummer")


def _place(r: random.Random) -> tuple[float, float]:
    return r.uniform(36, 43), r.uniform(-9, 3)


ABROAD = (
    *_columns(Category.EMAIL, email, "courriel, Mail privat, adresse_électronique, email_id, reply_to"),
    *_columns(
        Category.PHONE, lambda r: f"0171 {digits(r, 7)}", "Handynr, Diensttelefon, Tel.-Nr., contact_number, gsm"
    ),
    *_columns(Category.PHONE, lambda r: int("6" + digits(r, 8)), "teléfono_fijo, num_telefono", "BIGINT"),
    *_columns(Category.IBAN, iban, "Bankverbindung, beneficiary_account"),
    *_columns(Category.CREDIT_CARD, card, "num_tarjeta, Kreditkartennummer, c6"),
    *_columns(Category.NATIONAL_ID, _nie, "nie, c1"),
    *_columns(Category.NATIONAL_ID, _hetu, "henkilötunnus, c2"),
    *_columns(Category.NATIONAL_ID, _fodselsnummer, "fødselsnummer, c3"),
    *_columns(
        Category.NATIONAL_ID,
        lambda r: f"{r.randrange(2, 80):02}{day(r):%d%m%y}{r.choice(string.ascii_uppercase)}{digits(r, 3)}",
        "Rentenversicherungsnummer, passport_no, numero_passeport, cpr, tax_file_number",
    ),
    *_columns(
        Category.PERSON_NAME,
        lambda r: r.choice(_PEOPLE),
        "nom_de_naissance, nombre_y_apellidos, Ansprechpartner, Name des Kunden, AccountHolder, NachName, imię, client_name",
    ),
    *_columns(
        Category.ADDRESS,
        lambda r: f"{r.choice(['Via Roma', 'C/ Serrano', 'Goethestr.'])} {r.randrange(1, 99)}, 2º B",
        "Lieferadresse, domicilio_fiscal, indirizzo, AddressLine2, StreetName",
    ),
    *_columns(Category.DATE_OF_BIRTH, lambda r: day(r).isoformat(), "né_le, fecha_nac, gebdat, birth_dt, dob_date"),
    *_columns(Category.DATE_OF_BIRTH, lambda r: f"{day(r):%d %b %Y}", "dob"),
    *_columns(Category.DATE_OF_BIRTH, lambda r: f"{day(r):%d.%m.%y}", "Geburtsdatum"),
    *_columns(Category.IP_ADDRESS, lambda r: f"192.168.{r.randrange(256)}.{r.randrange(256)}:{digits(r, 4)}", "peer"),
    *_columns(Category.IP_ADDRESS, lambda r: f"85.{r.randrange(256)}.{r.randrange(256)}.0/24", "ip_range"),
    *_columns(Category.GEOLOCATION, lambda r: "{:.5f}, {:.5f}".format(*_place(r)), "gps, coordonnées, latlong"),
    *_columns(Category.GEOLOCATION, lambda r: "POINT({1:.5f} {0:.5f})".format(*_place(r)), "geom"),
    *_columns(Category.GEOLOCATION, lambda r: f"{_place(r)[0]:.5f}", "Längengrad"),
    *_columns(Category.SECRET, lambda r: f"$2b$12${key(r, 53)}", "pw, c4"),
    *_columns(Category.SECRET, lambda r: f"sk-proj-{key(r, 48)}", "c5"),
    *_columns(Category.SECRET, lambda r: f"Bearer {key(r, 40, _HEX)}", "header"),
    *_columns(Category.SECRET, lambda r: f"Server=db;User Id=sa;Password={key(r, 10)};", "conn"),
    *_columns(
        Category.SECRET, lambda r: f"https://hooks.slack.com/services/T{key(r, 8)}/B{key(r, 8)}/{key(r, 24)}", "hook"
    ),
    *_columns(Category.SECRET, lambda r: digits(r, 3), "cvv"),
)

LOOK_ALIKES = (
    *_columns(None, lambda r: int(digits(r, 7)), "phone_id, mobile_plan_id, cell_id, mobile_revenue", "BIGINT"),
    *_columns(None, lambda r: r.uniform(-90, 90), "long_term_rate, lat_error, latency, longevity", "DOUBLE"),
    *_columns(
        None, lambda r: r.choice(["verified", "expired"]), "password_status, token_type, ip_version, address_type"
    ),
    *_columns(None, lambda r: f"{digits(r, 3, '1234')}-{r.randrange(10, 99)}-{digits(r, 4)}", "part, Teilenummer"),
    *_columns(
        None,
        lambda r: day(r).isoformat(),
        "passport_expiry_date, id_card_issued, dob_updated_at, password_changed_at, token_created, fecha_pedido",
    ),
    *_columns(
        None, lambda r: r.choice(_PRODUCTS), "Produktname, nom_produit, nombre_producto, api_key_name, Dateiname"
    ),
    *_columns(None, lambda r: f"ORD-{day(r):%Y%m%d}-{digits(r, 4)}", "Bestellnummer, numero_commande"),
    *_columns(None, lambda r: key(r, 40, _HEX), "git_sha, checksum"),
    *_columns(None, lambda r: f"sk-{r.choice(['bratislava', 'kosice'])}-old-town-{digits(r, 4)}-listing-page", "slug"),
    *_columns(None, lambda r: f"US${r.randrange(999)}.{digits(r, 2)}", "price_text"),
    *_columns(None, lambda r: "".join(r.choices(string.ascii_uppercase, k=5)) + digits(r, 4) + "K", "booking_code, c7"),
    *_columns(None, lambda r: "X" + digits(r, 7) + r.choice(string.ascii_uppercase), "c8"),
    *_columns(None, lambda r: digits(r, 18, "12345"), "c9, sendungsnummer"),
    *_columns(None, lambda r: digits(r, 11), "c10, waybill"),
)
