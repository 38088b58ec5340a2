"""`flywheel users …`: who may come into the review page, and as what."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for
from flywheel.errors import InputError
from flywheel.review.access.permissions import Role

users = typer.Typer(no_args_is_help=True, help="Who may come into the review page, and as what.")
app.add_typer(users, name="users")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What decisions are recorded under.")]
AsRole = Annotated[
    Role, typer.Option("--role", help="reviewer: decides; lead: sees all, publishes; admin: all.")
]
Tenant = Annotated[
    str | None,
    typer.Option("--tenant", help="Show this tenant's cases alone.", show_default="all"),
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]

_WHERE_NAMED: Final = "see: flywheel users list"


@users.command(
    epilog=examples(
        "flywheel users add rosa",
        "flywheel users add sam --role lead --password-stdin < secret",
        "flywheel users add ines --tenant acme --login ines@acme.example --no-password",
    )
)
def add(
    name: Name,
    role: AsRole = Role.REVIEWER,
    tenant: Tenant = None,
    login: Annotated[
        str | None,
        typer.Option(
            help="What a provider or proxy calls them, where that is not the name.",
            show_default=False,
        ),
    ] = None,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="They come by a provider or a proxy alone.")
    ] = False,
    password_stdin: FromStdin = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    from flywheel.review.access.users import check_name, open_users

    known = open_users(settings_for(home))
    check_name(name)
    if known.find(name):
        raise InputError(f"{name}: there is such a user already; {_WHERE_NAMED}")
    password = None if no_password else _password(password_stdin)
    user = known.add(name, role, tenant=tenant, login=login, password=password)
    _say(f"{user.name} may come in as {user.role}.", {"added": user.name}, as_json)


@users.command("list", epilog=examples("flywheel users list", "flywheel users list --json"))
def list_(home: Home = None, as_json: AsJson = False) -> None:
    """List users and their API tokens; neither passwords nor tokens are kept to be shown."""
    from flywheel.review.access.tokens import open_tokens
    from flywheel.review.access.users import open_users

    settings = settings_for(home)
    rows: list[dict[str, Any]] = []
    tokens = open_tokens(settings).listed()
    for user in open_users(settings).listed():
        own = [token for token in tokens if token.name == user.name]
        rows.append(
            {
                "name": user.name,
                "role": str(user.role),
                "tenant": user.tenant,
                "login": user.login,
                "password": user.has_password,
                "since": _time(user.created_at),
                "tokens": [
                    {
                        "id": token.id,
                        "label": token.label,
                        "expires": _time(token.expires_at),
                        "used": _time(token.used_at),
                    }
                    for token in own
                ],
            }
        )
    emit({"users": rows}, as_json, lambda console: _show(rows, console))


@users.command(
    epilog=examples(
        "flywheel users password rosa", "flywheel users password rosa --password-stdin < secret"
    )
)
def password(
    name: Name, password_stdin: FromStdin = False, home: Home = None, as_json: AsJson = False
) -> None:
    """Set another password; the user's sessions and API tokens end."""
    from flywheel.review.access.users import open_users

    known = open_users(settings_for(home))
    if not known.find(name):
        raise InputError(f"{name}: there is no such user; {_WHERE_NAMED}")
    known.set_password(name, _password(password_stdin))
    _say(f"{name} has another password; what was open has ended.", {"changed": name}, as_json)


@users.command(
    epilog=examples(
        "flywheel users role rosa lead", "flywheel users role ines reviewer --tenant acme"
    )
)
def role(
    name: Name,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help="reviewer, lead or admin.")],
    tenant: Tenant = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Give another role and tenant; the user's sessions and API tokens end."""
    from flywheel.desk.leases import end_leases
    from flywheel.review.access.users import open_users

    settings = settings_for(home)
    open_users(settings).set_role(name, role, tenant)
    end_leases(settings, name)
    bound = f" for {tenant}" if tenant else ""
    _say(f"{name} is {role}{bound} now; what was open has ended.", {"changed": name}, as_json)


@users.command(epilog=examples("flywheel users remove rosa"))
def remove(name: Name, home: Home = None, as_json: AsJson = False) -> None:
    """Take a user out: sessions and API tokens end at once; what they decided stays.

    Cases that they had open are free, those passed on to them stay in the queue's filter for that.
    """
    from flywheel.desk.leases import end_leases
    from flywheel.review.access.users import open_users

    settings = settings_for(home)
    open_users(settings).remove(name)
    end_leases(settings, name)
    _say(f"{name} may not come in any more.", {"removed": name}, as_json)


@users.command(
    epilog=examples(
        "flywheel users token rosa --label label-studio",
        "flywheel users token rosa --days 7 --json",
        "flywheel users token rosa --revoke 3f9ac1d2",
    )
)
def token(
    name: Name,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is good for.")] = 90,
    revoke: Annotated[
        str | None, typer.Option(metavar="ID", help="End this one instead.", show_default=False)
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Make an API token with the user's own rights; it is shown this once."""
    from flywheel.review.access.tokens import open_tokens
    from flywheel.review.access.users import open_users

    settings = settings_for(home)
    tokens = open_tokens(settings)
    if revoke is not None:
        tokens.revoke(name, revoke)
        _say(f"{revoke} is good no more.", {"revoked": revoke}, as_json)
        return
    made = tokens.make(open_users(settings), name, label, days)
    if as_json:
        _say("", {"token": made}, as_json)
    else:
        typer.echo(made)  # alone on standard output: it can be piped
        typer.echo(f"Shown this once; good for {days} days. Authorization: Bearer …", err=True)


def _password(from_stdin: bool) -> str:
    """Never an argument: those stand in the shell's history and in the list of processes."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError("no terminal to ask for the password on: add --password-stdin")
    given: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return given


def _say(line: str, result: dict[str, Any], as_json: bool) -> None:
    emit(result, as_json, lambda console: console.print(line, highlight=False, markup=False))


def _show(rows: list[dict[str, Any]], console: Console) -> None:
    if not rows:
        console.print("No users: whoever opens the printed link is the reviewer.")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("name", "role", "tenant", "comes by", "token", "expires"):
        table.add_column(name, overflow="fold")
    for row in rows:
        ways = [row["login"] or "", "password" if row["password"] else ""]
        who = [row["name"], row["role"], row["tenant"] or "all", ", ".join(filter(None, ways))]
        for number, token in enumerate(row["tokens"] or [{"id": "", "label": "", "expires": ""}]):
            cells = who if number == 0 else [""] * len(who)
            named = f"{token['id']} {token['label']}".strip()
            table.add_row(*map(Text, (*cells, named, token["expires"][:10])))
    console.print(table)


def _time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
