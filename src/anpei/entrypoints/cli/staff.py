"""``anpei account``: the first accounts of an installation; later ones are made on the pages."""

from pathlib import Path

import click

from anpei.entrypoints.cli.opening import opened
from anpei.trust import identity
from anpei.trust.access import ActorKind, Scope
from anpei.trust.identity import IdentityRules, NewAccount


@click.group("account")
def account() -> None:
    """Staff accounts."""


@account.command("create")
@click.argument("login")
@click.option("--role", "roles", multiple=True, required=True, help="A role of rulebook/access/roles.yaml; may be given several times.")
@click.option("--name", required=True, help="The person's name as colleagues see it.")
@click.option("--insurer", "insurers", multiple=True, help="Insurer ids in scope; none means all.")
@click.password_option(help="Asked for when not given.")
@click.pass_obj
def create(  # noqa: PLR0917 - click hands options over by name
    home: Path | None, login: str, roles: tuple[str, ...], name: str, insurers: tuple[str, ...], password: str
) -> None:
    """Create a person's account."""
    new = NewAccount(
        login=login, kind=ActorKind.PERSON, display_name=name, roles=frozenset(roles),
        insurers=frozenset(insurers) if insurers else Scope.ALL,
    )  # fmt: skip
    with opened(home) as platform:
        rules = IdentityRules.load(platform.rulebook)
        with platform.database.write() as conn:
            made = identity.create_account(
                conn, vault=platform.vault, rules=rules, account=new, at=platform.clock.now(), by="operator", password=password
            )
    click.echo(f"account {made} created")


COMMANDS = (account,)
