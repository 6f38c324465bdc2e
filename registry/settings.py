"""Settings of one instance: one table, read from the environment and one TOML file."""

import dataclasses
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from registry import setting_values as read
from registry.project.remote.address import ServerAddress
from registry.setting_values import Network, Unusable


class SettingsError(ValueError):
    """A setting cannot be used; `en` and `de` name it and say how to mend it."""

    def __init__(self, en: str, de: str) -> None:
        super().__init__(en)
        self.en = en
        self.de = de


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this instance runs; each field is described by a row of `SETTINGS`."""

    home: Path
    host: str
    port: int
    base_iri: str
    store_url: str
    graph_url: str
    graph_update_url: str
    title: str
    contact: str
    steward_contact: str
    hub_folders: tuple[Path, ...]
    demo: bool
    private_hosts: tuple[str, ...]
    file_roots: tuple[Path, ...]
    offline: bool
    postcodes_file: Path | None
    user_agent_contact: str
    sparql_deadline_s: float
    sparql_memory_mb: int
    sparql_max_result_mb: int
    sparql_max_query_bytes: int
    sparql_max_nesting: int
    sparql_workers: int
    rate_limits: bool
    rate_limit_sparql: str
    rate_limit_downloads: str
    rate_limit_pages: str
    rate_limit_store: str
    trusted_proxies: int
    metrics_readers: tuple[Network, ...]
    ready_lag_s: float
    map_tiles: str
    map_credit: str
    imprint_file: Path | None
    privacy_file: Path | None
    accessibility_file: Path | None

    @property
    def graph_server(self) -> ServerAddress | None:
        """The server that holds the graph, or None where this host has its own."""
        if not self.graph_url:
            return None
        return ServerAddress.of(self.graph_url, self.graph_update_url)

    @property
    def graph_folder(self) -> Path:
        """What this host has of the graph: the graph, or what it knows of the server's."""
        return self.home / ("graph-server" if self.graph_url else "graph")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row: the name, how a value is read, the default and what it is for.

    A default that is a function is computed from the settings above it, in the order of the table.
    """

    name: str
    parse: Callable[[Any, Path], Any]
    default: Any
    shown_default: str
    de: str
    en: str

    @property
    def variable(self) -> str:
        """The environment variable of this setting."""
        return f"VERBUND_{self.name.upper()}"


_LOGIN: Final = re.compile(r"//.*@")
"""Name and password in an address, which no message shows."""


def _row(
    name: str, parse: Callable[[Any, Path], Any], default: Any, de: str, en: str, shown: str = ""
) -> Setting:
    return Setting(
        name=name, parse=parse, default=default, shown_default=shown or str(default), de=de, en=en
    )


def _own_address(known: Mapping[str, Any]) -> str:
    host = known["host"]
    return f"http://{f'[{host}]' if ':' in host else host}:{known['port']}"


SETTINGS: Final[tuple[Setting, ...]] = (
    _row("home", read.path, "var",
         "Ordner der Daten: Datenbank, Graph, Suchindex, Dumps.",
         "Folder of the data: database, graph, search index, dumps."),
    _row("host", read.text, "127.0.0.1",
         "Adresse, an der der Webdienst lauscht.", "Address that the web service listens on."),
    _row("port", read.port, 8000, "Port des Webdienstes.", "Port of the web service."),
    _row("base_iri", read.base_iri, _own_address,
         "Adresse, mit der alle veröffentlichten IRIs beginnen. Vor dem ersten Release setzen.",
         "Address that all published IRIs begin with. Set it before the first release.",
         "http://{host}:{port}"),
    _row("store_url", read.text, lambda known: f"sqlite:///{known['home'] / 'verbund.sqlite'}",
         "Datenbank als SQLAlchemy-URL: SQLite oder PostgreSQL (postgresql+psycopg://…).",
         "Database as an SQLAlchemy URL: SQLite or PostgreSQL (postgresql+psycopg://…).",
         "sqlite:///{home}/verbund.sqlite"),
    _row("graph_url", read.server, "",
         "SPARQL-1.1-Server, der den Graphen statt dieses Hosts hält: Adresse für Abfragen.",
         "SPARQL 1.1 server that holds the graph instead of this host: address for queries.",
         "(leer / empty)"),
    _row("graph_update_url", read.server, lambda known: known["graph_url"],
         "Dessen Adresse für Änderungen, wo nötig mit Anmeldung (http://name:passwort@…).",
         "Its address for updates, with a login where it wants one (http://name:password@…).",
         "{graph_url}"),
    _row("title", read.text, "Verbund", "Name dieser Instanz auf allen Seiten.",
         "Name of this instance on all pages."),
    _row("contact", read.text, "",
         "Adresse des Betreibers für Fragen (E-Mail oder URL).",
         "Address of the operator for questions (e-mail or URL).", "(leer / empty)"),
    _row("steward_contact", read.text, lambda known: known["contact"],
         "Wohin »Fehler melden« führt (E-Mail oder URL).",
         "Where “report an error” leads (e-mail or URL).", "{contact}"),
    _row("hub_folders", read.paths, (),
         "Ordner mit Manifesten, die beim Start eingelesen werden.",
         "Folders with manifests that are read at start.", "(leer / empty)"),
    _row("demo", read.boolean, True,
         "Ein leeres Verzeichnis mit der Demo-Föderation füllen.",
         "Fill an empty registry with the demo federation."),
    _row("private_hosts", read.words, (),
         "Private Adressen host:port, die gelesen werden dürfen. Kein Manifest kann das erlauben.",
         "Private addresses host:port that may be fetched. No manifest can permit this.",
         "(leer / empty)"),
    _row("file_roots", read.paths, (),
         "Ordner, durch Kommas getrennt, aus denen file:-Quellen lesen dürfen.",
         "Folders, separated by commas, that file: sources may read from.", "(leer / empty)"),
    _row("offline", read.boolean, False,
         "Nichts aus dem Netz holen: Nur Dateien und private_hosts werden gelesen, sonst niemand "
         "gefragt.",
         "Fetch nothing from the net: files and private_hosts are read, nobody else is asked."),
    _row("postcodes_file", read.optional_path, None,
         "CSV-Datei Postleitzahl,Gemeindeschlüssel: wählt unter gleichnamigen Gemeinden aus.",
         "CSV file postcode,municipality key: chooses among municipalities of one name.",
         "(leer / empty)"),
    _row("user_agent_contact", read.text, lambda known: known["contact"],
         "Kontakt im User-Agent unserer Abrufe (E-Mail oder URL).",
         "Contact in the User-Agent of our requests (e-mail or URL).", "{contact}"),
    _row("sparql_deadline_s", read.seconds, 10.0,
         "Sekunden, nach denen eine Abfrage abgebrochen wird.",
         "Seconds after which a query is ended."),
    _row("sparql_memory_mb", read.integer, 2048,
         "Arbeitsspeicher eines Abfrageprozesses in MiB.",
         "Memory of one query process in MiB."),
    _row("sparql_max_result_mb", read.integer, 100,
         "Größe einer Antwort in MiB, ab der abgebrochen wird.",
         "Size of an answer in MiB at which it is ended."),
    _row("sparql_max_query_bytes", read.integer, 64_000,
         "Längste erlaubte Abfrage in Byte.", "Longest permitted query in bytes."),
    _row("sparql_max_nesting", read.integer, 40,
         "Tiefste erlaubte Verschachtelung von Klammern.",
         "Deepest permitted nesting of brackets."),
    _row("sparql_workers", read.integer, 2,
         "Abfrageprozesse je Webprozess.", "Query processes per web process."),
    _row("rate_limits", read.boolean, True,
         "Ob gezählt wird, wie oft ein Client fragt.",
         "Whether it is counted how often a client asks."),
    _row("rate_limit_sparql", read.rate, "120/minute",
         "So oft darf ein Client /sparql fragen.", "How often one client may ask /sparql."),
    _row("rate_limit_downloads", read.rate, "60/minute",
         "So oft darf ein Client Dumps, CSV, GeoJSON und iCal holen.",
         "How often one client may fetch dumps, CSV, GeoJSON and iCal."),
    _row("rate_limit_pages", read.rate, "1200/minute",
         "So oft darf ein Client alles Übrige fragen.",
         "How often one client may ask for everything else."),
    _row("rate_limit_store", read.text, "memory://",
         "Wo gezählt wird: im Speicher jedes Webprozesses, oder eine URL der Bibliothek limits.",
         "Where it is counted: in each web process's memory, or a URL of the library limits."),
    _row("trusted_proxies", read.count, 0,
         "So viele eigene Proxys stehen davor; 0: X-Forwarded-For wird nicht geglaubt.",
         "How many proxies of yours stand in front; 0: X-Forwarded-For is not believed."),
    _row("metrics_readers", read.networks, (),
         "Adressen und Netze, die außer diesem Rechner /metrics lesen dürfen.",
         "Addresses and networks that may read /metrics beside this machine.",
         "(leer / empty)"),
    _row("ready_lag_s", read.seconds, 600.0,
         "Sekunden, die Graph und Suchindex zurückliegen dürfen, ehe /readyz 503 antwortet.",
         "Seconds that graph and search index may lag before /readyz answers 503."),
    _row("map_tiles", read.tiles, "",
         "Kacheln der beweglichen Karte, wie https://tiles.example/{z}/{x}/{y}.png. Ohne diese "
         "Einstellung lädt keine Seite etwas von einem anderen Rechner.",
         "Tiles of the movable map, such as https://tiles.example/{z}/{x}/{y}.png. Without this "
         "setting no page loads anything from another host.", "(leer / empty)"),
    _row("map_credit", read.text, "",
         "Was die Lizenz der Kacheln auf der Karte verlangt.",
         "What the tiles' licence demands on the map.", "(leer / empty)"),
    _row("imprint_file", read.optional_path, None,
         "Textdatei des Impressums (Absätze durch Leerzeilen, `# ` für Überschriften).",
         "Text file of the legal notice (paragraphs by empty lines, `# ` for headings).",
         "(leer / empty)"),
    _row("privacy_file", read.optional_path, None,
         "Textdatei der Datenschutzerklärung.", "Text file of the privacy notice.",
         "(leer / empty)"),
    _row("accessibility_file", read.optional_path, None,
         "Textdatei der Erklärung zur Barrierefreiheit.",
         "Text file of the accessibility statement.", "(leer / empty)"),
)  # fmt: skip


def checked_base_iri(value: str) -> str:
    """A base IRI as settings hold it. Raises SettingsError for what cannot be one."""
    try:
        return read.base_iri(value, Path())
    except Unusable as wanted:
        raise _unusable("base_iri", value, wanted) from None


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of this instance: environment before TOML file before default.

    `PORT` stands for `VERBUND_PORT` where that is not set.

    The file is `VERBUND_CONFIG`, or `verbund.toml` in the home folder where that exists. Relative
    paths count from the file's folder, those of the environment from the working folder.

    Raises:
        SettingsError: a value cannot be used, a name is unknown, or the named file is missing.
    """
    here = Path.cwd()
    if environ.get("PORT"):
        environ = {"VERBUND_PORT": environ["PORT"], **environ}
    given: dict[str, tuple[Any, Path, str]] = {}
    config = _config_file(environ, here)
    if config is not None:
        for name, value in _read_toml(config).items():
            given[name] = (value, config.parent, f"{name} in {config}")
    for setting in SETTINGS:
        if environ.get(setting.variable):
            given[setting.name] = (environ[setting.variable], here, setting.variable)
    known: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.name in given:
            value, folder, where = given[setting.name]
        else:
            default = setting.default
            value, folder, where = default(known) if callable(default) else default, here, ""
            if isinstance(value, tuple):
                known[setting.name] = value
                continue
        try:
            known[setting.name] = setting.parse(value, folder)
        except Unusable as wanted:
            raise _unusable(where, value, wanted) from None
    return Settings(**known)


def _unusable(where: str, value: Any, wanted: Unusable) -> SettingsError:
    shown = _LOGIN.sub("//…@", repr(value))
    return SettingsError(
        f"{where}: expected {wanted.en}, found {shown}.",
        f"{where}: erwartet wird {wanted.de}, gefunden wurde {shown}.",
    )


def _config_file(environ: Mapping[str, str], here: Path) -> Path | None:
    named = environ.get("VERBUND_CONFIG")
    if named:
        path = (here / named).resolve()
        if not path.is_file():
            raise SettingsError(
                f"VERBUND_CONFIG names {path}, which is missing. Create it or unset the variable.",
                f"VERBUND_CONFIG nennt {path}; diese Datei fehlt. Bitte anlegen, oder die Variable "
                "entfernen.",
            )
        return path
    path = (here / environ.get("VERBUND_HOME", "var") / "verbund.toml").resolve()
    return path if path.is_file() else None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} is not valid TOML: {error}. Mend that line.",
            f"{path} ist kein gültiges TOML: {error}. Bitte diese Zeile berichtigen.",
        ) from error
    names = {field.name for field in dataclasses.fields(Settings)}
    for name in values:
        if name not in names:
            raise SettingsError(
                f"{path} sets {name!r}, which is no setting. Known are: "
                f"{', '.join(sorted(names))}.",
                f"{path} setzt {name!r}; diese Einstellung gibt es nicht. Bekannt sind: "
                f"{', '.join(sorted(names))}.",
            )
    return values
