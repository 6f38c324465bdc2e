"""Every way in which a fetch can fail, in words for the people who can mend it."""

from __future__ import annotations

from typing import NamedTuple

from harvester.errors import SourceError

_SHOWN_CHARACTERS = 300


class Message(NamedTuple):
    """One text in both languages; {names} are filled in by `problem`."""

    de: str
    en: str


MESSAGES: dict[str, Message] = {
    "fetch.url": Message(
        "{url} ist keine brauchbare Adresse ({reason}). Die URL im Manifest berichtigen.",
        "{url} is not a usable address ({reason}). Correct the URL in the manifest.",
    ),
    "fetch.scheme": Message(
        "{url}: nur http:, https: und file: werden gelesen. Die URL im Manifest berichtigen.",
        "{url}: only http:, https: and file: are read. Correct the URL in the manifest.",
    ),
    "fetch.userinfo": Message(
        "{url} enthält einen Benutzernamen oder ein Passwort. Zugangsdaten gehören nicht in eine "
        "URL; bitte eine öffentliche Adresse angeben.",
        "{url} contains a user name or password. Credentials do not belong in a URL; give a "
        "public address.",
    ),
    "fetch.offline": Message(
        "{authority} wird nicht gefragt, denn dieses Verzeichnis läuft ohne Netz. Soll es lesen, "
        "VERBUND_OFFLINE entfernen und neu starten.",
        "{authority} is not asked, as this registry runs offline. If it is to be read, unset "
        "VERBUND_OFFLINE and start anew.",
    ),
    "fetch.address_refused": Message(
        "{authority} führt zu {address} ({network}), nicht ins öffentliche Internet, und wird "
        "nicht gelesen. Private Adressen kann nur der Betrieb erlauben: {authority} in "
        "VERBUND_PRIVATE_HOSTS eintragen.",
        "{authority} leads to {address} ({network}), not to the public internet, and is not "
        "read. Only the operator can allow a private address: put {authority} into "
        "VERBUND_PRIVATE_HOSTS.",
    ),
    "fetch.dns": Message(
        "Der Name {authority} lässt sich nicht auflösen ({reason}). Schreibweise prüfen; sonst "
        "versucht es der nächste Lauf erneut.",
        "The name {authority} cannot be resolved ({reason}). Check its spelling; otherwise the "
        "next run tries again.",
    ),
    "fetch.connect": Message(
        "{authority} nimmt keine Verbindung an. Der nächste Lauf versucht es erneut; hält es an, "
        "beim Hub nachfragen.",
        "{authority} accepts no connection. The next run tries again; if it lasts, ask the hub.",
    ),
    "fetch.tls": Message(
        "Die verschlüsselte Verbindung zu {authority} kam nicht zustande ({reason}). Den Hub "
        "bitten, sein Zertifikat zu erneuern.",
        "No trusted TLS connection to {authority} ({reason}). Ask the hub to renew its "
        "certificate.",
    ),
    "fetch.timeout": Message(
        "{url} hat nicht rechtzeitig geantwortet ({seconds} s Stille oder {total} s insgesamt). "
        "Der nächste Lauf versucht es erneut; kleinere Seiten helfen.",
        "{url} did not answer in time ({seconds} s of silence or {total} s in all). The next run "
        "tries again; smaller pages help.",
    ),
    "fetch.too_large": Message(
        "{url} ist größer als {limit} Bytes. Den Hub um kleinere Seiten bitten oder "
        "max_page_bytes im Manifest anheben.",
        "{url} is larger than {limit} bytes. Ask the hub for smaller pages or raise "
        "max_page_bytes in the manifest.",
    ),
    "fetch.too_large_decoded": Message(
        "{url} ist ausgepackt größer als {limit} Bytes. Den Hub um kleinere Seiten bitten oder "
        "max_decoded_bytes im Manifest anheben.",
        "{url} is larger than {limit} bytes once unpacked. Ask the hub for smaller pages or "
        "raise max_decoded_bytes in the manifest.",
    ),
    "fetch.length": Message(
        "Die Antwort von {url} ist kürzer oder länger als angekündigt ({reason}) und wurde "
        "verworfen. Der nächste Lauf versucht es erneut; hält es an, den Hub darauf hinweisen.",
        "The answer of {url} is shorter or longer than it announced ({reason}) and was "
        "discarded. The next run tries again; if it lasts, tell the hub.",
    ),
    "fetch.protocol": Message(
        "{url} antwortet nicht nach den Regeln von HTTP ({reason}). Prüfen, ob dort wirklich ein "
        "Webserver antwortet, und den Hub darauf hinweisen.",
        "{url} does not answer by the rules of HTTP ({reason}). Check that a web server answers "
        "there, and tell the hub.",
    ),
    "fetch.encoding": Message(
        "Die Antwort von {url} lässt sich nicht auspacken ({reason}). Der Hub soll gzip, deflate "
        "oder unverpackt senden.",
        "The answer of {url} cannot be unpacked ({reason}). The hub should send gzip, deflate or "
        "no content coding.",
    ),
    "fetch.redirects": Message(
        "{url} leitet im Kreis oder mehr als {limit} Mal weiter. Die endgültige Adresse ins "
        "Manifest schreiben.",
        "{url} redirects in a circle or more than {limit} times. Put the final address into the "
        "manifest.",
    ),
    "fetch.redirect_refused": Message(
        "{url} leitet nach {location} weiter ({reason}); dem wird nicht gefolgt. Die endgültige "
        "Adresse ins Manifest schreiben.",
        "{url} redirects to {location} ({reason}), which is not followed. Put the final address "
        "into the manifest.",
    ),
    "fetch.forbidden": Message(
        "{url} verweigert den Zugriff ({status}). Den Hub um öffentlichen Zugang bitten.",
        "{url} denies access ({status}). Ask the hub for public access.",
    ),
    "fetch.not_found": Message(
        "Unter {url} gibt es nichts ({status}). Die URL im Manifest prüfen.",
        "There is nothing at {url} ({status}). Check the URL in the manifest.",
    ),
    "fetch.gone": Message(
        "{url} wurde für immer entfernt ({status}). Beim Hub nach der neuen Adresse fragen oder "
        "die Quelle entfernen.",
        "{url} was removed for good ({status}). Ask the hub for a new address or remove the "
        "source.",
    ),
    "fetch.too_many_requests": Message(
        "{url} bittet um Zurückhaltung ({status}). Die Quelle seltener lesen.",
        "{url} asks for restraint ({status}). Read the source less often.",
    ),
    "fetch.server_error": Message(
        "{url} meldet einen eigenen Fehler ({status}). Der nächste Lauf versucht es erneut; hält "
        "es an, beim Hub nachfragen.",
        "{url} reports an error of its own ({status}). The next run tries again; if it lasts, "
        "ask the hub.",
    ),
    "fetch.status": Message(
        "{url} antwortet mit {status} statt mit einer Seite. Die URL im Manifest prüfen.",
        "{url} answers {status} in place of a page. Check the URL in the manifest.",
    ),
    "fetch.file_roots_unset": Message(
        "{url}: Dateien werden nur unter Ordnern gelesen, die der Betrieb nennt, und keiner ist "
        "genannt. VERBUND_FILE_ROOTS={folder} setzen, wo geerntet wird, und neu starten.",
        "{url}: files are read only below folders that the operator names, and none is named. "
        "Set VERBUND_FILE_ROOTS={folder} where it is harvested, and start anew.",
    ),
    "fetch.file_outside": Message(
        "{url} liegt (nach Auflösen von Verknüpfungen) in keinem der Ordner aus "
        "VERBUND_FILE_ROOTS. Die Datei dorthin legen oder den Ordner dort nennen.",
        "{url} lies (links resolved) in none of the folders of VERBUND_FILE_ROOTS. Put the file "
        "there, or name its folder there.",
    ),
    "fetch.file_unreadable": Message(
        "{url} lässt sich nicht lesen ({reason}). Dateiname und Leserechte prüfen.",
        "{url} cannot be read ({reason}). Check the file's name and permissions.",
    ),
    "fetch.file_kind": Message(
        "{url} ist keine gewöhnliche Datei. Eine Datei angeben, keinen Ordner und kein Gerät.",
        "{url} is not a regular file. Name a file, not a folder or a device.",
    ),
}


def problem(
    code: str,
    *,
    status: int | None = None,
    retry_after_s: float | None = None,
    **details: object,
) -> SourceError:
    """The error for `code`, ready to raise; `details` fill its text.

    Details may come from a hostile server: control characters are blanked and long ones cut.
    """
    texts = {name: _shown(value) for name, value in details.items()}
    if status is not None:
        texts["status"] = str(status)
    message = MESSAGES[code]
    return SourceError(
        code,
        de=message.de.format(**texts),
        en=message.en.format(**texts),
        status=status,
        retry_after_s=retry_after_s,
    )


def _shown(value: object) -> str:
    text = "".join(c if c.isprintable() else " " for c in str(value)[: _SHOWN_CHARACTERS + 1])
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
