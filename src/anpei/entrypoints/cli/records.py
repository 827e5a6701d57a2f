"""``anpei import`` and ``anpei automation``: records in, and the switch that stops automation for one product."""

import sys
from pathlib import Path

import click

from anpei.entrypoints.cli import demo
from anpei.entrypoints.cli.opening import opened
from anpei.records.catalogues import imports as catalogue_imports
from anpei.records.partners import operations as partners
from anpei.records.partners import queries as partner_queries
from anpei.records.providers import imports as provider_imports
from anpei.trust import trail


@click.command("import")
@click.argument("what", type=click.Choice(["policies", "hospitals", "items", "aliases"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--region", default="CN", show_default=True, help="The catalogue's region (items and their other names).")
@click.pass_obj
def import_(home: Path | None, what: str, file: Path, region: str) -> None:
    """Import FILE (CSV or Excel); each bad row is named with its line and column, good rows are taken."""
    with opened(home) as platform:
        at = platform.clock.now()
        if what == "policies":
            report = demo.import_policies(platform, file, say=lambda _text: None)
        else:
            with platform.database.write() as conn:
                if what == "hospitals":
                    report = provider_imports.import_providers(conn, file=file, at=at)
                elif what == "aliases":
                    report = catalogue_imports.import_aliases(conn, file=file, region=region, at=at)
                else:
                    report = catalogue_imports.import_items(conn, file=file, region=region, at=at)
    click.echo(f"{file}: {report.taken} rows taken, {len(report.errors)} refused")
    for error in report.errors:
        click.echo(f"  line {error.line}, {error.column}: {error.reason}")
    sys.exit(0 if not report.errors else 1)


@click.command("automation")
@click.argument("state", type=click.Choice(["on", "off"]))
@click.option("--product", required=True, help="The product id.")
@click.option("--insurer", default=demo.INSURER, show_default=True, help="The insurer's code.")
@click.option("--reason", required=True, help="Why; kept in the trail.")
@click.pass_obj
def automation(home: Path | None, state: str, product: str, insurer: str, reason: str) -> None:
    """Switch the automatic settlement of one product on or off, at once; claims then go to people, the clocks run as usual."""
    with opened(home) as platform, platform.database.write() as conn:
        at = platform.clock.now()
        found = partner_queries.get_insurer(conn, code=insurer)
        partners.switch_automation(conn, insurer_id=found.id, product_id=product, on=state == "on", reason=reason, actor="operator", at=at)
        facts = {"product": product, "on": state == "on"}
        trail.append(conn, at=at, actor="operator", action="automation.switched", subject=found.id, facts=facts)
    click.echo(f"automation for {product} of {insurer} is {state}")


COMMANDS = (import_, automation)
