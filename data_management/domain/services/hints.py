"""What the name of a column says of its values, in English, German, French and Spanish, and here and there in others."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from data_management.domain.models import Category

_HINTS: Final[Mapping[Category, str]] = {
    Category.EMAIL: "email, e mail, mail, mailto, courriel, correo, correo electronico, emailadresse, mailadresse, adresse electronique",
    Category.PHONE: (
        "phone, telephone, tel, mobile, cell, fax, msisdn, phone number, mobile number, whatsapp, telefon, telefonnummer, handy, "
        "handynummer, handynr, mobil, mobilnummer, rufnummer, festnetz, festnetznummer, portable, numero de telephone, telefono, movil, celular, "
        "contact number, contact no, telefoonnummer, telefone, telefonnr, cellulare, mobiel, gsm, caller number"
    ),
    Category.PERSON_NAME: (
        "first name, last name, given name, middle name, family name, full name, surname, forename, maiden name, person name, "
        "customer name, contact name, patient name, employee name, holder name, cardholder, cardholder name, passenger name, "
        "guest name, vorname, nachname, familienname, kundenname, prenom, nom de famille, nom complet, nom client, "
        "nombre completo, apellido, apellidos, nombre cliente, fname, lname, name first, name last, client name, member name, "
        "student name, driver name, owner name, doctor name, beneficiary name, recipient name, sender name, account holder, "
        "cust name, emp name, billing name, shipping name, signatory name, forenames, inhaber, empfanger, versicherter, rufname, zuname, geburtsname, mitarbeitername, patientenname, ansprechpartner, kontoinhaber, name des kunden, "
        "prenoms, nom famille, nom naissance, nom de naissance, nom usage, nom jeune fille, nom de jeune fille, nom patient, nom du client, nom prenom, prenom nom, "
        "nombre de pila, primer nombre, segundo nombre, nombre paciente, nombre del paciente, nombre titular, nombre empleado, nombre del cliente, "
        "nome completo, cognome, nome cognome, sobrenome, voornaam, achternaam, fornamn, efternamn, imie, nazwisko"
    ),
    Category.ADDRESS: (
        "address, street, street address, address line, home address, postal address, billing address, shipping address, addr, "
        "strasse, anschrift, adresse, wohnadresse, hausnummer, rue, direccion, calle, domicilio, indirizzo, endereco, adres, voie"
    ),
    Category.DATE_OF_BIRTH: (
        "dob, date of birth, birth date, birthdate, birthday, born on, geburtsdatum, geburtstag, geb datum, date de naissance, "
        "date naissance, naissance, ne le, fecha de nacimiento, fecha nacimiento, fecha nac, fecha nacim, date naiss, d o b, born, nacimiento, birth, birth dt, birth day, "
        "geboren, geboren am, geburt, gebdat, gebdatum, geb, data di nascita, data nascita, data nascimento, geboortedatum, "
        "fodselsdato, fodelsedatum, data urodzenia"
    ),
    Category.NATIONAL_ID: (
        "ssn, social security, social security number, national id, national insurance, national insurance number, nino, nhs, "
        "nhs number, nhs no, tax id, passport, passport number, identity number, id card, steuer id, steuerid, idnr, "
        "steueridentifikationsnummer, sozialversicherungsnummer, ausweisnummer, personalausweis, personalausweisnummer, ausweisnr, nir, numero de securite sociale, "
        "securite sociale, insee, dni, nie, nif, codice fiscale, codicefiscale, bsn, burgerservicenummer, rijksregisternummer, "
        "niss, pesel, cpf, aadhaar, aadhar, personnummer, ahv, curp, rrn, sin number, social insurance number, pan no, pan card, tfn, "
        "tax file number, pps number, ppsn, hetu, henkilotunnus, fodselsnummer, cpr, svnr, rvnr, sozialversicherungsnr, "
        "rentenversicherungsnummer, passport no, reisepass, reisepassnummer, passeport, pasaporte, passaporto, drivers license, driver license, "
        "driving licence, fuhrerschein, permis de conduire, numero secu, numero de secu, nss, num ss, documento identidad, "
        "documento de identidad, cod fiscale, cedula, contribuinte"
    ),
    Category.IBAN: "iban, bank account, account number, bankverbindung, kontonummer, compte bancaire, cuenta bancaria",
    Category.CREDIT_CARD: (
        "credit card, creditcard, card number, card no, cardnumber, cc number, cc num, pan, kreditkarte, kreditkartennummer, "
        "carte bancaire, carte de credit, numero de carte, tarjeta, tarjeta de credito, numero de tarjeta"
    ),
    Category.IP_ADDRESS: "ip, ip address, ip addr, ipaddr, ipaddress, ipadresse, ipv4, ipv6, remote addr, client ip, adresse ip, direccion ip",
    Category.MAC_ADDRESS: "mac, mac address, mac addr, macaddr, adresse mac, direccion mac",
    Category.GEOLOCATION: (
        "lat, lon, lng, long, latitude, longitude, geo, coordinates, coordinate, coord, coords, gps, geoloc, latlong, latlng, latlon, geom, "
        "breitengrad, laengengrad, langengrad, koordinaten, coordonnees, latitud, longitud, coordenadas"
    ),
    Category.SECRET: (
        "password, passwd, pwd, passphrase, secret, client secret, api key, apikey, access key, private key, token, access token, "
        "auth token, refresh token, passwort, kennwort, mot de passe, contrasena, clave secreta, jeton, cvv, cvc, cvv2, cvc2, "
        "card verification, card security code"
    ),
}

_AGAINST: Final[Mapping[Category, str]] = {
    Category.CREDIT_CARD: "order, invoice, tracking, parcel, imei, gift card, isbn, ean, gtin, upc, timestamp, bestellung, commande, pedido",
    Category.NATIONAL_ID: (
        "isbn, ean, gtin, upc, sku, order, invoice, tracking, timestamp, epoch, phone, tel, duns, siren, siret, part, part no, "
        "teil, teilenr, teilenummer, article, artikel, artikelnummer, product, produkt, serial, material"
    ),
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

_CARD_CODES: Final = "cvv, cvc, cvv2, cvc2, card verification, card security code"

_OTHER_THINGS: Final = (
    "id, key, count, status, type, kind, model, plan, revenue, rate, length, flag, brand, version, verified, sent, "
    "state, format, domain, changed, expires, expired, provider, quality, score, total, sum, avg, mean, cost, price, "
    "fee, usage, sessions, users, calls, limit, policy, ms, at, date, time, name, label, alias, created, updated, "
    "issued, system, anzahl, typ, statut, tipo, cantidad, estado"
)
"""Last words of names that speak of something *about* what the words before say: ``phone_type``, ``cell_id``."""

_STILL_THE_THING: Final = frozenset(
    (
        (Category.NATIONAL_ID, "id"),
        (Category.SECRET, "key"),
        (Category.DATE_OF_BIRTH, "date"),
        (Category.EMAIL, "id"),
        (Category.PERSON_NAME, "name"),
        (Category.ADDRESS, "name"),
    )
)

_LAST_ALONE: Final = frozenset(("lat", "lon", "lng", "long", "born"))
"""What says so only at the end: *long* is a word of many names."""

_HEADS: Final[Mapping[Category, tuple[str, ...]]] = {
    Category.ADDRESS: ("adresse", "anschrift"),
    Category.PHONE: ("telefon", "telefonnummer", "rufnummer", "handynummer"),
    Category.PERSON_NAME: ("vorname", "nachname", "familienname"),
    Category.DATE_OF_BIRTH: ("geburtsdatum",),
    Category.SECRET: ("passwort", "kennwort"),
}
"""How German words end that say so: ``Lieferadresse``."""

_COLLIDES: Final = 3
"""Letters of a phrase that is looked for as a word of its own alone."""

_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "Ae", "đ": "d", "Đ": "D"}
)
"""Those that have no accent to be taken off."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def hinted(name: str) -> frozenset[Category]:
    """The categories that a column's name speaks of."""
    words = _words(name)
    last = _last(words)
    found = {
        category
        for category in _HINTS
        if any(_speaks(words, last, category, phrase) for phrase in _PHRASES[category])
        or last.endswith(_HEADS.get(category, ()) or ("\0",))
    }
    return frozenset(found - {Category.ADDRESS} if found & _SPECIFIC else found)


def _last(words: tuple[str, ...]) -> str:
    return next((word for word in reversed(words) if not word.isdigit()), "")


def _speaks(words: tuple[str, ...], last: str, category: Category, phrase: tuple[str, ...]) -> bool:
    if phrase[0] in _LAST_ALONE:
        return (last,) == phrase
    about = last in _OF_ANOTHER_THING and last not in phrase and (category, last) not in _STILL_THE_THING
    return not about and _says(words, phrase)


@lru_cache(maxsize=4096)
def contradicted(name: str, category: Category) -> bool:
    """Whether the name speaks of something that only looks like this category."""
    words = _words(name)
    return any(_says(words, phrase) for phrase in _AGAINST_PHRASES.get(category, ()))


@lru_cache(maxsize=4096)
def names_password(name: str) -> bool:
    words = _words(name)
    return _last(words) not in _OF_ANOTHER_THING - {"key"} and any(_says(words, phrase) for phrase in _PASSWORD_PHRASES)


@lru_cache(maxsize=4096)
def names_card_code(name: str) -> bool:
    words = _words(name)
    return any(_says(words, phrase) for phrase in _CARD_CODE_PHRASES)


def _words(name: str) -> tuple[str, ...]:
    """``customerEMail``, ``Prénom`` → ``customer e mail``, ``prenom``."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode()
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
_CARD_CODE_PHRASES: Final = tuple(_phrases(_CARD_CODES))
_OF_ANOTHER_THING: Final = frozenset(word for (word,) in _phrases(_OTHER_THINGS))
