"""The command `verbund`: a thin skin over the registry's modules.

Exit codes: 0 all well; 1 an error, said on standard error; 2 wrong usage; 3 a run was held and
waits for a decision; 4 a source could not be read.
"""

import click

from registry.cli.backups import backup, restore
from registry.cli.hubs import hub
from registry.cli.processes import project, serve, up, work
from registry.cli.registry import init, rebuild, relink, status
from registry.cli.runs import harvest
from registry.cli.surface import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="verbund")
def main() -> None:
    """The registry and sync service of the Verbund federation.

    Settings come from the environment (VERBUND_*) and from verbund.toml in VERBUND_HOME (default:
    var); docs/configuration.md describes each.
    """


for command in (
    init, hub, harvest, status, rebuild, relink, backup, restore, serve, work, project, up
):  # fmt: skip
    main.add_command(command)
