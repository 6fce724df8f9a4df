"""Which column of a staff list is which, from the words above it."""

from collections.abc import Mapping, Sequence

from gezel.kit.incoming.columns import guess, meanings

# Every field a list may give, in the order of the page, with the headers people use for it.
_HEADERS = {
    "name": "naam; name; volledige naam; full name; medewerker; employee; weergavenaam; "
    "display name; naam medewerker; employee name",
    "first_name": "voornaam; first name; given name; roepnaam; voornamen; firstname",
    "infix": "tussenvoegsel; tussenvoegsels; voorvoegsel; voorvoegsels; infix; prefix",
    "last_name": "achternaam; last name; surname; family name; familienaam; lastname; geboortenaam",
    "email": "e mail; email; mail; e mailadres; emailadres; mailadres; e mail address; "
    "email address; zakelijk e mailadres; e mail werk; work email; business email",
    "number": "personeelsnummer; medewerkernummer; medewerkersnummer; nummer; staff number; "
    "employee number; employee id; personnel number; persnr; pers nr; staff id",
    "unit": "afdeling; afdelingspad; unit; eenheid; team; organisatie eenheid; department; "
    "unit path; organisatieonderdeel; onderdeel; org unit; kostenplaats naam",
    "job": "functie; functienaam; job; job title; rol; function; position; title; beroep; role",
    "location": "locatie; vestiging; standplaats; location; site; werkplek; office; plaats",
    "lead": "leidinggevende; manager; lead; chef; direct leidinggevende; supervisor; "
    "reports to; line manager; e mail leidinggevende; manager email; teamleider; team lead",
    "starts_on": "in dienst; datum in dienst; startdatum; begindatum; start date; start; "
    "hire date; indienst; in dienst sinds; in dienst per; ingangsdatum; starts on",
    "ends_on": "uit dienst; datum uit dienst; einddatum; end date; end; laatste dag; "
    "last day; uitdienst; contract einddatum; einde contract; ends on; termination date",
    "hours": "contracturen; uren; uren per week; hours; contract hours; hours per week; "
    "deeltijduren; weekuren; arbeidsduur; contract hours a week; contracturen per week",
    "education": "opleidingsniveau; opleiding; education; education level; niveau; "
    "hoogste opleiding",
    "shift": "dienst; ploeg; rooster; shift; ploegendienst; werktijd; dienstrooster",
}

_MEANT = meanings(_HEADERS)


def guess_columns(header: Sequence[str], recipe: Mapping[str, str]) -> dict[str, int]:
    """Field → number of its column, as `kit.incoming` guesses it. A whole name beside a first and
    last name is left aside, since the parts tell more.
    """
    found = guess(header, recipe, _MEANT)
    if "first_name" in found and "last_name" in found and recipe.get("name") is None:
        found.pop("name", None)
    return found
