"""Columns with the category that a person would give them: real ones and look-alikes, 400 values each, made with a seed."""

import random
import string
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from data_management.domain.models import Category

ROWS = 400


class Labelled(NamedTuple):
    name: str
    type: str
    category: Category | None
    value: Callable[[random.Random], Any]


FIRST = ["Anna", "Jürgen", "Mary Ann", "Zoë", "Luis", "Priya", "O'Neil", "Chloé", "Wei", "Fatima", "Jean-Luc", "Søren"]
LAST = [
    "Müller",
    "Smith",
    "García Márquez",
    "Dupont",
    "van den Berg",
    "Rossi",
    "Nguyen",
    "Kowalski",
    "O'Brien",
    "Öztürk",
]
STREETS = ["Main Street", "High St.", "Lindenallee", "Rue de la Paix", "Calle Mayor", "Bahnhofstraße", "Broadway"]
WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "order",
    "flight",
    "wing",
    "engine",
    "paper",
    "metal",
    "north",
    "south",
    "quick",
    "brown",
    "fox",
    "lazy",
]


def digits(r: random.Random, count: int, first: str = "123456789") -> str:
    return r.choice(first) + "".join(r.choices(string.digits, k=count - 1))


def luhn_completed(body: str) -> str:
    total = 0
    for index, digit in enumerate(reversed(body)):
        n = int(digit) * (2 if index % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return body + str(-total % 10)


def card(r: random.Random) -> str:
    return luhn_completed(r.choice(["4" + digits(r, 14, "0123456789"), "5" + digits(r, 14, "12345")]))


def iban(r: random.Random) -> str:
    body = digits(r, 18)
    return f"DE{98 - int(body + '131400') % 97:02}{body}"


def checked(r: random.Random, make: Callable[[random.Random], str], module: str) -> str:
    """Random candidates until one is valid."""
    from importlib import import_module

    valid = import_module(f"stdnum.{module}").is_valid
    while not valid(candidate := make(r)):
        pass
    return candidate


def grouped(text: str, by: str) -> str:
    return by.join(text[start : start + 4] for start in range(0, len(text), 4))


def day(r: random.Random, since: int = 1940, until: int = 2005) -> date:
    return date(since, 1, 1) + timedelta(days=r.randrange((until - since) * 365))


def yymmdd(r: random.Random) -> str:
    return day(r).strftime("%y%m%d")


def email(r: random.Random) -> str:
    return f"{r.choice(WORDS)}.{r.choice(WORDS)}{r.randrange(99)}@{r.choice(['example.com', 'mail.example.org', 'firma.de'])}"


def ipv4(r: random.Random) -> str:
    return ".".join(str(r.randrange(1, 255)) for _ in range(4))


def key(r: random.Random, size: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(r.choices(letters, k=size))


def sentence(r: random.Random) -> str:
    return " ".join(r.choices(WORDS, k=r.randrange(3, 9)))


POSITIVE = (
    Labelled("email", "VARCHAR", Category.EMAIL, email),
    Labelled("contact", "VARCHAR", Category.EMAIL, email),
    Labelled(
        "remarks",
        "VARCHAR",
        Category.EMAIL,
        lambda r: f"please write to {email(r)}, thanks" if r.random() < 0.4 else sentence(r),
    ),
    Labelled("KundenEmail", "VARCHAR", Category.EMAIL, lambda r: email(r) if r.random() < 0.3 else "n/a"),
    Labelled(
        "phone", "VARCHAR", Category.PHONE, lambda r: f"({digits(r, 3, '2345678')}) {digits(r, 3)}-{digits(r, 4)}"
    ),
    Labelled("Telefonnummer", "VARCHAR", Category.PHONE, lambda r: f"030 {digits(r, 7)}"),
    Labelled("c7", "VARCHAR", Category.PHONE, lambda r: f"+49 30 {digits(r, 7)}"),
    Labelled(
        "numero_de_telephone", "VARCHAR", Category.PHONE, lambda r: "0" + " ".join(digits(r, 2) for _ in range(4)) + "1"
    ),
    Labelled("mobile", "BIGINT", Category.PHONE, lambda r: int(digits(r, 10))),
    Labelled("iban", "VARCHAR", Category.IBAN, iban),
    Labelled("konto", "VARCHAR", Category.IBAN, lambda r: grouped(iban(r), " ")),
    Labelled("card_number", "VARCHAR", Category.CREDIT_CARD, card),
    Labelled(
        "payment_ref",
        "VARCHAR",
        Category.CREDIT_CARD,
        lambda r: grouped(card(r), "-"),
    ),
    Labelled("tarjeta", "BIGINT", Category.CREDIT_CARD, lambda r: int(card(r))),
    Labelled("cc_num", "VARCHAR", Category.CREDIT_CARD, lambda r: card(r) if r.random() < 0.5 else "none"),
    Labelled(
        "ssn",
        "VARCHAR",
        Category.NATIONAL_ID,
        lambda r: f"{digits(r, 3, '12345')}-{r.randrange(1, 99):02}-{r.randrange(1, 9999):04}",
    ),
    Labelled(
        "ref",
        "VARCHAR",
        Category.NATIONAL_ID,
        lambda r: f"{digits(r, 3, '12345')}-{r.randrange(1, 99):02}-{r.randrange(1, 9999):04}",
    ),
    Labelled(
        "ssn_plain",
        "BIGINT",
        Category.NATIONAL_ID,
        lambda r: int(f"{digits(r, 3, '12345')}{r.randrange(1, 99):02}{r.randrange(1, 9999):04}"),
    ),
    Labelled(
        "nino",
        "VARCHAR",
        Category.NATIONAL_ID,
        lambda r: f"{r.choice('ABCEGHJ')}{r.choice('ABCEGHJ')}{digits(r, 6)}{r.choice('ABCD')}",
    ),
    Labelled("nhs_number", "VARCHAR", Category.NATIONAL_ID, lambda r: checked(r, lambda r: digits(r, 10), "gb.nhs")),
    Labelled("steuer_id", "VARCHAR", Category.NATIONAL_ID, lambda r: checked(r, lambda r: digits(r, 11), "de.idnr")),
    Labelled(
        "nir",
        "VARCHAR",
        Category.NATIONAL_ID,
        lambda r: checked(r, lambda r: f"{r.choice('12')}{yymmdd(r)[:4]}75{digits(r, 8)}", "fr.nir"),
    ),
    Labelled(
        "dni",
        "VARCHAR",
        Category.NATIONAL_ID,
        lambda r: f"{(n := r.randrange(10**7, 10**8))}{'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23]}",
    ),
    Labelled(
        "c3",
        "VARCHAR",
        Category.NATIONAL_ID,
        lambda r: f"{(n := r.randrange(10**7, 10**8))}{'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23]}",
    ),
    Labelled("bsn", "VARCHAR", Category.NATIONAL_ID, lambda r: checked(r, lambda r: digits(r, 9), "nl.bsn")),
    Labelled(
        "pesel",
        "BIGINT",
        Category.NATIONAL_ID,
        lambda r: int(checked(r, lambda r: f"{r.randrange(50, 99)}{yymmdd(r)[2:]}{digits(r, 5)}", "pl.pesel")),
    ),
    Labelled("cpf", "VARCHAR", Category.NATIONAL_ID, lambda r: checked(r, lambda r: digits(r, 11), "br.cpf")),
    Labelled(
        "code_1",
        "VARCHAR",
        Category.NATIONAL_ID,
        lambda r: checked(r, lambda r: f"{yymmdd(r)}-{digits(r, 4)}", "se.personnummer"),
    ),
    Labelled("first_name", "VARCHAR", Category.PERSON_NAME, lambda r: r.choice(FIRST)),
    Labelled("Nachname", "VARCHAR", Category.PERSON_NAME, lambda r: r.choice(LAST)),
    Labelled("customerName", "VARCHAR", Category.PERSON_NAME, lambda r: f"{r.choice(FIRST)} {r.choice(LAST)}"),
    Labelled("prénom", "VARCHAR", Category.PERSON_NAME, lambda r: r.choice(FIRST)),
    Labelled("apellidos", "VARCHAR", Category.PERSON_NAME, lambda r: r.choice(LAST)),
    Labelled("street_address", "VARCHAR", Category.ADDRESS, lambda r: f"{r.randrange(1, 999)} {r.choice(STREETS)}"),
    Labelled(
        "Anschrift",
        "VARCHAR",
        Category.ADDRESS,
        lambda r: f"{r.choice(STREETS)} {r.randrange(1, 99)}, {digits(r, 5)} Berlin",
    ),
    Labelled(
        "billing_address", "VARCHAR", Category.ADDRESS, lambda r: f"{r.randrange(1, 999)} {r.choice(STREETS)}\nApt 4"
    ),
    Labelled("dob", "DATE", Category.DATE_OF_BIRTH, day),
    Labelled("Geburtsdatum", "VARCHAR", Category.DATE_OF_BIRTH, lambda r: day(r).strftime("%d.%m.%Y")),
    Labelled("date_of_birth", "BIGINT", Category.DATE_OF_BIRTH, lambda r: int(day(r).strftime("%Y%m%d"))),
    Labelled("ip", "VARCHAR", Category.IP_ADDRESS, ipv4),
    Labelled("remote", "VARCHAR", Category.IP_ADDRESS, ipv4),
    Labelled(
        "host6", "VARCHAR", Category.IP_ADDRESS, lambda r: f"2001:db8::{r.randrange(65535):x}:{r.randrange(65535):x}"
    ),
    Labelled(
        "device", "VARCHAR", Category.MAC_ADDRESS, lambda r: ":".join(f"{r.randrange(256):02x}" for _ in range(6))
    ),
    Labelled("latitude", "DOUBLE", Category.GEOLOCATION, lambda r: r.uniform(-90, 90)),
    Labelled("pickup_lng", "DOUBLE", Category.GEOLOCATION, lambda r: r.uniform(-180, 180)),
    Labelled("password", "VARCHAR", Category.SECRET, lambda r: r.choice(WORDS) + str(r.randrange(99))),
    Labelled(
        "note",
        "VARCHAR",
        Category.SECRET,
        lambda r: "AKIA" + key(r, 16, string.ascii_uppercase + string.digits) if r.random() < 0.02 else sentence(r),
    ),
    Labelled("jwt", "VARCHAR", Category.SECRET, lambda r: f"eyJ{key(r, 20)}.eyJ{key(r, 30)}.{key(r, 30)}"),
    Labelled("access_token", "VARCHAR", Category.SECRET, lambda r: key(r, 32)),
    Labelled("repo_cred", "VARCHAR", Category.SECRET, lambda r: "ghp_" + key(r, 36)),
    Labelled("dsn", "VARCHAR", Category.SECRET, lambda r: f"postgresql://app:{key(r, 8)}@db.example.com/x"),
)

NEGATIVE = (
    Labelled("id", "BIGINT", None, lambda r: r.randrange(10**6)),
    Labelled("order_number", "BIGINT", None, lambda r: int("4" + digits(r, 15))),
    Labelled("c1", "BIGINT", None, lambda r: int("4" + digits(r, 15))),
    Labelled("order_no", "VARCHAR", None, lambda r: luhn_completed("4" + digits(r, 14))),
    Labelled("tracking_number", "VARCHAR", None, lambda r: digits(r, 16, "45")),
    Labelled("imei", "VARCHAR", None, lambda r: luhn_completed("35" + digits(r, 12))),
    Labelled("c2", "BIGINT", None, lambda r: int(digits(r, 9))),
    Labelled("account_id", "BIGINT", None, lambda r: int(digits(r, 10))),
    Labelled("c4", "BIGINT", None, lambda r: int(digits(r, 11))),
    Labelled("c5", "BIGINT", None, lambda r: int(digits(r, 12, "23456789"))),
    Labelled("isbn", "VARCHAR", None, lambda r: checked(r, lambda r: digits(r, 10), "isbn")),
    Labelled("ean", "BIGINT", None, lambda r: int(checked(r, lambda r: digits(r, 13), "ean"))),
    Labelled("siret", "VARCHAR", None, lambda r: luhn_completed(digits(r, 13))),
    Labelled("epoch_ms", "BIGINT", None, lambda r: 1_700_000_000_000 + r.randrange(10**10)),
    Labelled("created_at", "TIMESTAMP", None, lambda r: f"{day(r, 2010, 2020)} 10:00:00"),
    Labelled("ship_date", "DATE", None, day),
    Labelled("date", "VARCHAR", None, lambda r: day(r).isoformat()),
    Labelled(
        "app_version",
        "VARCHAR",
        None,
        lambda r: f"{r.randrange(9)}.{r.randrange(30)}.{r.randrange(9)}.{r.randrange(30)}",
    ),
    Labelled("v", "VARCHAR", None, lambda r: f"{r.randrange(9)}.{r.randrange(30)}.{r.randrange(9)}.{r.randrange(30)}"),
    Labelled("semver", "VARCHAR", None, lambda r: f"{r.randrange(9)}.{r.randrange(30)}.{r.randrange(9)}"),
    Labelled("time", "VARCHAR", None, lambda r: f"{r.randrange(24):02}:{r.randrange(60):02}:{r.randrange(60):02}"),
    Labelled(
        "uuid",
        "VARCHAR",
        None,
        lambda r: f"{key(r, 8, '0123456789abcdef')}-{key(r, 4, '0123456789abcdef')}-4{key(r, 3, '0123456789abcdef')}",
    ),
    Labelled("sha256", "VARCHAR", None, lambda r: key(r, 64, "0123456789abcdef")),
    Labelled("etag", "VARCHAR", None, lambda r: key(r, 32, "0123456789abcdef")),
    Labelled("token", "VARCHAR", None, lambda r: r.choice(WORDS)),
    Labelled("key", "VARCHAR", None, lambda r: f"{r.choice(WORDS)}/{r.choice(WORDS)}"),
    Labelled("clone_url", "VARCHAR", None, lambda r: f"git@github.com:{r.choice(WORDS)}/{r.choice(WORDS)}.git"),
    Labelled("handle", "VARCHAR", None, lambda r: f"@{r.choice(WORDS)}{r.randrange(99)}"),
    Labelled("url", "VARCHAR", None, lambda r: f"https://example.com:8080/{r.choice(WORDS)}?at={r.randrange(99)}"),
    Labelled("description", "VARCHAR", None, sentence),
    Labelled("city", "VARCHAR", None, lambda r: r.choice(["Berlin", "Paris", "Madrid", "New York", "São Paulo"])),
    Labelled("product_name", "VARCHAR", None, lambda r: sentence(r).title()),
    Labelled("name", "VARCHAR", None, lambda r: sentence(r).title()),
    Labelled("carrier", "VARCHAR", None, lambda r: r.choice(["UA", "AA", "DL", "B6"])),
    Labelled("tailnum", "VARCHAR", None, lambda r: f"N{digits(r, 3)}{r.choice(string.ascii_uppercase)}A"),
    Labelled("sku", "VARCHAR", None, lambda r: f"{r.choice(string.ascii_uppercase)}{digits(r, 8)}"),
    Labelled("part_no", "VARCHAR", None, lambda r: f"{digits(r, 8)}{r.choice(string.ascii_uppercase)}"),
    Labelled("amount", "DOUBLE", None, lambda r: r.uniform(0, 1000)),
    Labelled("ratio", "DOUBLE", None, lambda r: r.uniform(-90, 90)),
    Labelled("lat_count", "BIGINT", None, lambda r: r.randrange(90)),
    Labelled("email_sent", "BOOLEAN", None, lambda r: r.random() < 0.5),
    Labelled("email_status", "VARCHAR", None, lambda r: r.choice(["sent", "bounced", "opened"])),
    Labelled("phone_model", "VARCHAR", None, lambda r: r.choice(["Pixel 8", "iPhone 15", "Galaxy S24"])),
    Labelled("phone_calls", "BIGINT", None, lambda r: r.randrange(50)),
    Labelled("address_id", "BIGINT", None, lambda r: r.randrange(10**6)),
    Labelled("memory_address", "VARCHAR", None, lambda r: f"0x{key(r, 12, '0123456789abcdef')}"),
    Labelled("first_name_length", "BIGINT", None, lambda r: r.randrange(3, 12)),
    Labelled("delta", "VARCHAR", None, lambda r: f"+{r.randrange(10**6)}"),
    Labelled("zip", "VARCHAR", None, lambda r: digits(r, 5)),
    Labelled("duration", "VARCHAR", None, lambda r: f"{r.randrange(100, 999)}-{r.randrange(10, 99)}"),
    Labelled("flags", "VARCHAR", None, lambda r: "::" if r.random() < 0.2 else "on"),
    Labelled("password_changed", "DATE", None, day),
)

LABELLED = POSITIVE + NEGATIVE


def values_of(labelled: Labelled, rows: int = ROWS, seed: int = 7) -> list[Any]:
    r = random.Random(f"{labelled.name}{seed}")
    return [labelled.value(r) for _ in range(rows)]
