"""The `checkin` command. Every error that the user can mend is one sentence and exit code 2, without a traceback."""

import errno
import importlib
import pkgutil
import sys
from functools import cache

import click
from sqlalchemy.exc import SQLAlchemyError

import checkin.cli
from checkin.backup.problem import BackupProblem
from checkin.embedded.valkey import CannotStart
from checkin.log import configure
from checkin.redis_queue import RedisQueue
from checkin.settings import load
from checkin.store.trouble import why
from checkin.wiring import MENDABLE, Services, build

_NO_NOUNS = ("main", "passphrase", "people", "pin", "show", "written")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_MENDABLE = (*MENDABLE, BackupProblem, CannotStart)


class _Nouns(click.Group):
    """Finds each command in the file of its name; a name that Python reserves has `_` behind it (`import_.py`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All files of this folder but this one."""
        names = (module.name for module in pkgutil.iter_modules(checkin.cli.__path__))
        return sorted(name.rstrip("_").replace("_", "-") for name in names if name not in _NO_NOUNS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import only the file that is asked for: the others cost nothing."""
        if name not in self.list_commands(ctx):
            return None
        files = {module.name for module in pkgutil.iter_modules(checkin.cli.__path__)}
        file = name.replace("-", "_")
        module = importlib.import_module(f"checkin.cli.{file if file in files else file + '_'}")
        command = getattr(module, "command", None)
        return command if isinstance(command, click.Command) else None


@click.command(cls=_Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(ctx: click.Context) -> None:
    """A check-in service for peer-support programmes."""
    ctx.obj = _services


@cache
def _services() -> Services:
    """The services of this command, built when they are first asked for. The database must be at this version."""
    settings = load()
    configure("command line", settings.log_json, level="WARNING")
    return build(settings, RedisQueue(settings.redis_url))


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave with its exit code: 0, or 2 after an error, or 130 after Ctrl-C."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    try:
        answer = cli.main(args=arguments, prog_name="checkin", standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.ClickException as error:
        return _fail(error.format_message())
    except _MENDABLE as error:
        return _fail(str(error))
    except SQLAlchemyError as error:
        return _fail(why(error))
    except BrokenPipeError:
        return 0
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        return _fail(f"Nothing can be written ({error.strerror}): make room on the disk{_named(error)}.")
    return answer if isinstance(answer, int) else 0


def _named(error: OSError) -> str:
    return f" that holds {error.filename}" if error.filename else ""


def _fail(sentence: str) -> int:
    click.echo(f"Error: {sentence}", err=True)
    return 2


if __name__ == "__main__":
    main()
