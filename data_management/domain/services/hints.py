"""What the name of a column says of its values, in English, German, French and Spanish."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from data_management.domain.models import Category

_HINTS: Final[Mapping[Category, str]] = {
    Category.EMAIL: "email, e mail, mail, mailto, courriel, correo, correo electronico, emailadresse",
    Category.PHONE: (
        "phone, telephone, tel, mobile, cell, fax, msisdn, phone number, mobile number, whatsapp, telefon, telefonnummer, handy, "
        "handynummer, mobil, mobilnummer, rufnummer, portable, numero de telephone, telefono, movil, celular"
    ),
    Category.PERSON_NAME: (
        "first name, last name, given name, middle name, family name, full name, surname, forename, maiden name, person name, "
        "customer name, contact name, patient name, employee name, holder name, cardholder, cardholder name, passenger name, "
        "guest name, vorname, nachname, familienname, kundenname, prenom, nom de famille, nom complet, nom client, "
        "nombre completo, apellido, apellidos, nombre cliente, fname, lname"
    ),
    Category.ADDRESS: (
        "address, street, street address, address line, home address, postal address, billing address, shipping address, addr, "
        "strasse, anschrift, adresse, wohnadresse, hausnummer, rue, direccion, calle, domicilio"
    ),
    Category.DATE_OF_BIRTH: (
        "dob, date of birth, birth date, birthdate, birthday, born on, geburtsdatum, geburtstag, geb datum, date de naissance, "
        "date naissance, fecha de nacimiento, fecha nacimiento"
    ),
    Category.NATIONAL_ID: (
        "ssn, social security, social security number, national id, national insurance, national insurance number, nino, nhs, "
        "nhs number, nhs no, tax id, passport, passport number, identity number, id card, steuer id, steuerid, idnr, "
        "steueridentifikationsnummer, sozialversicherungsnummer, ausweisnummer, personalausweis, nir, numero de securite sociale, "
        "securite sociale, insee, dni, nie, nif, codice fiscale, codicefiscale, bsn, burgerservicenummer, rijksregisternummer, "
        "niss, pesel, cpf, aadhaar, aadhar, personnummer, ahv, curp, rrn, sin number"
    ),
    Category.IBAN: "iban, bank account, account number, bankverbindung, kontonummer, compte bancaire, cuenta bancaria",
    Category.CREDIT_CARD: (
        "credit card, creditcard, card number, card no, cardnumber, cc number, cc num, pan, kreditkarte, kreditkartennummer, "
        "carte bancaire, carte de credit, numero de carte, tarjeta, tarjeta de credito, numero de tarjeta"
    ),
    Category.IP_ADDRESS: "ip, ip address, ip addr, ipaddr, ipaddress, ipv4, ipv6, remote addr, client ip, adresse ip, direccion ip",
    Category.MAC_ADDRESS: "mac, mac address, mac addr, macaddr, adresse mac, direccion mac",
    Category.GEOLOCATION: (
        "lat, lon, lng, long, latitude, longitude, geo, coordinates, breitengrad, laengengrad, langengrad, latitud, longitud"
    ),
    Category.SECRET: (
        "password, passwd, pwd, passphrase, secret, client secret, api key, apikey, access key, private key, token, access token, "
        "auth token, refresh token, passwort, kennwort, mot de passe, contrasena, clave secreta, jeton"
    ),
}

_AGAINST: Final[Mapping[Category, str]] = {
    Category.CREDIT_CARD: "order, invoice, tracking, parcel, imei, gift card, isbn, ean, gtin, upc, timestamp, bestellung, commande, pedido",
    Category.NATIONAL_ID: "isbn, ean, gtin, upc, sku, order, invoice, tracking, timestamp, epoch, phone, tel, duns, siren, siret",
    Category.IP_ADDRESS: "version, release, build, firmware, oid, section, revision",
    Category.PHONE: "order, invoice, sku, timestamp",
}
"""Names of numbers that look alike: the values alone are not believed."""

_SPECIFIC: Final = frozenset((Category.EMAIL, Category.IP_ADDRESS, Category.MAC_ADDRESS))
"""Their names may hold the word *address*."""

_PASSWORDS: Final = (
    "password, passwd, pwd, passphrase, client secret, api key, apikey, passwort, kennwort, mot de passe, contrasena"
)
"""Names under which any text is a secret; a mere *token* may be a word of a sentence."""

_COLLIDES: Final = 3
"""Letters of a phrase that is looked for as a word of its own alone."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def hinted(name: str) -> frozenset[Category]:
    """The categories that a column's name speaks of."""
    words = _words(name)
    found = {category for category in _HINTS if any(_says(words, phrase) for phrase in _PHRASES[category])}
    return frozenset(found - {Category.ADDRESS} if found & _SPECIFIC else found)


@lru_cache(maxsize=4096)
def contradicted(name: str, category: Category) -> bool:
    """Whether the name speaks of something that only looks like this category."""
    words = _words(name)
    return any(_says(words, phrase) for phrase in _AGAINST_PHRASES.get(category, ()))


@lru_cache(maxsize=4096)
def names_password(name: str) -> bool:
    words = _words(name)
    return any(_says(words, phrase) for phrase in _PASSWORD_PHRASES)


def _words(name: str) -> tuple[str, ...]:
    """``customerEMail``, ``Prénom`` → ``customer e mail``, ``prenom``."""
    plain = name.replace("ß", "ss").replace("ñ", "n")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return tuple(word.lower() for word in _WORD.findall(plain))


def _says(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    """Whether the phrase stands among the words, written apart or together."""
    size, joined = len(phrase), "".join(phrase)
    apart = any(words[start : start + size] == phrase for start in range(len(words) - size + 1))
    return apart or (len(joined) > _COLLIDES and (joined in words or "".join(words) == joined))


def _phrases(written: str) -> Iterator[tuple[str, ...]]:
    for phrase in written.split(","):
        yield tuple(phrase.split())


_PHRASES: Final = {category: tuple(_phrases(written)) for category, written in _HINTS.items()}
_AGAINST_PHRASES: Final = {category: tuple(_phrases(written)) for category, written in _AGAINST.items()}
_PASSWORD_PHRASES: Final = tuple(_phrases(_PASSWORDS))
