"""The command line: a command is a file in `commands/`, imported when it is asked for."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from cnnspec.cli.output import UnprintedError, give_up, output_errors
from cnnspec.core.errors import UserError
from cnnspec.core.terminal import escape

_FOLDER = Path(__file__).with_name("commands")


def command_names() -> list[str]:
    """Every command: a file in `commands/`."""
    return sorted(file.stem for file in _FOLDER.glob("[a-z]*.py"))


def _line_of_help(name: str) -> str:
    """The first line of a command's file, which is not imported for it."""
    import ast  # noqa: PLC0415 -- only the table of commands needs it

    return ast.get_docstring(ast.parse((_FOLDER / f"{name}.py").read_text("utf-8"))) or ""


class Commands(click.Group):
    """A group that imports a command when it is called, not before."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the arguments, which may print help."""
        with output_errors():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with output_errors():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Their names."""
        return command_names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """The command of that name."""
        if cmd_name not in command_names():
            return None
        command: click.Command = import_module(f"cnnspec.cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with; an unknown one suggests the nearest."""
        name = args[0]
        if name not in command_names() and not name.startswith("-"):
            from cnnspec.core.suggest import did_you_mean  # noqa: PLC0415 -- only a mistake pays for it

            ctx.fail(f"No such command {name!r}. {did_you_mean(name, command_names())}".strip())
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """The table, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _line_of_help(name)) for name in command_names()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", "-V", package_name="cnnspec", message="%(prog)s %(version)s")
def cli() -> None:
    """Convolutional networks as YAML: checked in milliseconds, built and trained with torch.

    SPEC is a file (with a slash, or ending in .yaml) or the name of a spec that ships, such as mnist.

    \b
    Example:
      cnnspec validate specs/mnist.yaml
    """


def main(args: list[str] | None = None) -> None:
    """Run a command. Exits 0 when all is well, 1 with findings, 2 on wrong usage.

    As shells have it, 130 on Ctrl-C, 143 on SIGTERM in a training, 141 where the output's reader has gone.
    """
    _with_less_garbage_collection()
    _without_pydantic_plugins()
    _keep_unicode()
    colour: dict[str, Any] = {"color": False} if os.environ.get("NO_COLOR") else {}
    try:
        code = cli.main(args=args, prog_name="cnnspec", standalone_mode=False, **colour)
    except click.ClickException as error:
        error.show()
        code = 2
    except click.exceptions.Abort:
        code = 130
    except UserError as error:
        click.echo(f"error: {escape(error.message)}", err=True)
        if error.hint:
            click.echo(f"  {escape(error.hint)}", err=True)
        code = 1
    except OSError as error:  # of a path that can't even be looked at, such as one with too long a name
        file = "" if error.filename is None else f"{escape(str(error.filename))}: "
        click.echo(f"error: {file}{error.strerror or error}", err=True)
        code = 1
    except UnprintedError as error:
        code = give_up(error)
    sys.exit(code if isinstance(code, int) else 0)


def _with_less_garbage_collection() -> None:
    """Modules and a spec's nodes are no garbage, but Python searches them for some as they become more, and at the end.

    That takes a fifth of a short command's time.
    """
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)


def _without_pydantic_plugins() -> None:
    """Keep pydantic from looking for plugins in the metadata of every installed package.

    Its own switch, PYDANTIC_DISABLE_PLUGINS, does so too, but after the modules that read metadata were imported,
    which takes a tenth of a short command. Whatever else is asked of the module that looks for them, it answers.
    """
    name = "pydantic.plugin._loader"

    def from_the_module_itself(attribute: str) -> Any:
        if attribute.startswith("__"):  # asked by the import itself
            raise AttributeError(attribute)
        sys.modules.pop(name, None)
        return getattr(import_module(name), attribute)

    module = ModuleType(name)
    vars(module).update(get_plugins=tuple, __getattr__=from_the_module_itself)
    sys.modules.setdefault(name, module)


def _keep_unicode() -> None:
    """Shapes and formulas are Unicode, also where the locale says ASCII and when piped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (stream.encoding or "").lower().replace("-", "") != "utf8":
            reconfigure(encoding="utf-8", errors="replace")
