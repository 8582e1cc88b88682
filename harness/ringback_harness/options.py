"""Options that exclude others, or do nothing without them."""

from __future__ import annotations

import click

from ringback_harness.exits import SetupError


def alone(option: str, *companions: str) -> None:
    """Refuse what was written beside an option on the command line, but for these: it would do nothing.

    All are named as the command's parameters are. Raises ``SetupError``.
    """
    besides = [name for name in _written() if name not in (option, *companions)]
    if besides:
        shown = ", ".join(map(_shown, besides))
        raise SetupError(f"leave {shown} out with {_shown(option)}, where it has no effect")


def needs(option: str, *others: str) -> None:
    """Refuse an option that was written on the command line without any of the others, by which it counts.

    Raises ``SetupError``.
    """
    given = click.get_current_context().params
    if written(option) and not any(given[other] for other in others):
        raise SetupError(f"{_shown(option)} does nothing without {' or '.join(map(_shown, others))}")


def written(option: str) -> bool:
    """Whether the option, named as the command's parameter is, stands on the command line."""
    return option in _written()


def _written() -> list[str]:
    """The parameters that stand on the command line; what the environment sets is for any command."""
    context = click.get_current_context()
    names = (str(parameter.name) for parameter in context.command.params)
    written = click.core.ParameterSource.COMMANDLINE
    return [name for name in names if context.get_parameter_source(name) is written]


def _shown(name: str) -> str:
    """The parameter as it is written, or as usage names it where it is many words."""
    context = click.get_current_context()
    one = next(parameter for parameter in context.command.params if parameter.name == name)
    if isinstance(one, click.Option):
        return one.opts[0]
    return str(context.params[name]) if one.nargs == 1 else one.make_metavar(context)
