"""The command line: declares commands and options; the work is done in ``scaling``."""

from __future__ import annotations

import gc
import inspect
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from scaling import command_help, completion
from scaling import command_options as option
from scaling.command_help import MEASURING, RESULT, WORK

if TYPE_CHECKING:
    from scaling import gate, results
    from scaling.analysis.estimate import Outlook
    from scaling.grain_model import GrainHeader
    from scaling.grain_options import GrainOptions
    from scaling.model import StudyHeader
    from scaling.observer import Observer
    from scaling.options import RunOptions

_Body = TypeVar("_Body", bound=Callable[..., Any])


class ScaleApp(typer.Typer):
    """Turns every failure into one line on stderr and an exit code."""

    def command(self, *args: Any, **settings: Any) -> Callable[[_Body], _Body]:
        """Declare a command whose options may have their defaults in a file."""

        def declared(function: _Body) -> _Body:
            name = args[0] if args else function.__name__
            told = {"cls": command_help.Command, "epilog": command_help.examples(name)}
            declare = super(ScaleApp, self).command(*args, **(told | settings))
            declare(_configurable(function))
            return function

        return declared

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run the command line; returns by exiting."""
        _open_standard_streams()
        if os.environ.get("_SCALE_COMPLETE") == "complete_bash":
            os.environ.update(completion.bash_words(os.environ))
        command = typer.main.get_command(self)
        sys.exit(run_command(command, args or None, kwargs.get("prog_name")))


def _open_standard_streams() -> None:
    """Give the null device to what a daemon or cron closed: pipes must not take these numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 - a descriptor
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115 - a descriptor


def run_command(command: Any, args: Any = None, name: str | None = None) -> int:
    """Run a command and return its exit code."""
    from scaling.errors import ScaleError

    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that knows no Unicode shows a mark instead of ending the command.
        sys.stdout.reconfigure(errors="replace")
    try:
        code = command.main(args=args and list(args), prog_name=name, standalone_mode=False)
    except typer.Abort:
        return _fail("interrupted", 130)
    except ScaleError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except OSError as error:
        what = error.strerror or str(error)
        return _fail(f"{what}: {error.filename}" if error.filename else what, 2)
    except Exception as error:
        # Not by its class: some versions of typer bring a click of their own.
        if not hasattr(error, "format_message"):
            raise
        return _fail(error.format_message(), 2)
    return code if isinstance(code, int) else 0


def _reader_gone() -> int:
    """End as any command in a pipe does, without a second error when Python flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def _keep_what_is_read() -> None:
    """Look for no garbage in a command that reads a study, keeps all of it, and ends."""
    gc.disable()


def _fail(message: str, code: int) -> int:
    from scaling.analysis.units import printable

    line = printable(" ".join(message.split()))
    with suppress(OSError):
        sys.stderr.write(f"error: {line}\n")
    return code


def _with_parameters(
    function: Any, parameters: list[inspect.Parameter], name: str, text: str | None
) -> Callable[..., int]:
    """Make typer see these parameters."""
    function.__signature__ = inspect.Signature(parameters)
    function.__annotations__ = {option.name: option.annotation for option in parameters}
    function.__name__, function.__doc__ = name, text
    declared: Callable[..., int] = function
    return declared


def _take_defaults(context: typer.Context, no_config: bool) -> bool:
    """Give options their defaults from a file; --help ends before this is called."""
    from scaling import command_defaults

    if not (no_config or context.resilient_parsing):
        command_defaults.take(context)
    return no_config


NoConfig = Annotated[
    bool,
    typer.Option(
        "--no-config",
        is_eager=True,
        callback=_take_defaults,
        help="No defaults from scale.toml or pyproject.toml.",
    ),
]


def _configurable(command: Callable[..., int]) -> Callable[..., int]:
    """Return the command with --no-config; it tells which defaults it takes from a file."""
    own = inspect.signature(command, eval_str=True).parameters

    def configured(context: typer.Context, no_config: bool, **given: Any) -> int:
        from scaling import command_defaults
        from scaling.errors import UsageError

        del no_config
        values = command_defaults.given_way(context, given, own)
        if not values.get("quiet"):
            _note(command_defaults.told(context))
        try:
            return command(**values, **({"context": context} if "context" in own else {}))
        except UsageError as error:
            raise command_defaults.blamed(context, error) from None

    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter("no_config", keyword, default=False, annotation=NoConfig),
        inspect.Parameter("context", keyword, annotation=typer.Context),
    ]
    parameters = [*(own[name] for name in own if name != "context"), *added]
    return _with_parameters(configured, parameters, command.__name__, command.__doc__)


def _note(text: str) -> None:
    from scaling.analysis.units import printable

    with suppress(OSError):
        sys.stderr.write(f"{printable(text)}\n" * bool(text))


app = ScaleApp(
    name="scale",
    epilog=command_help.examples("scale"),
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def scale(context: typer.Context) -> int:
    """Run the same Python work serially, on threads, processes and a Ray cluster.

    Proves that the answers agree, and reports how the work scales.
    """
    return 0 if context.invoked_subcommand else _print(context.get_help())


@app.command()
def run(
    context: typer.Context,
    workload: option.Workload = "sources",
    nodes: option.Nodes = "4",
    dense: option.Dense = False,
    workers: option.Workers = None,
    workers_per_node: option.WorkersPerNode = None,
    backends: option.Backends = None,
    items: option.Items = None,
    combine: option.Combine = None,
    shared: option.Shared = None,
    size: option.Size = None,
    param: option.Param = None,
    blocks: option.Blocks = None,
    max_blocks: option.MaxBlocks = None,
    precision: option.Precision = "5%",
    budget: option.Budget = None,
    baseline: option.Baseline = None,
    quick: option.Quick = False,
    batch: option.Batch = "auto",
    threads_per_worker: option.Threads = 1,
    seed: option.Seed = 0,
    timeout: option.Timeout = None,
    tolerance: option.Tolerance = None,
    cluster: option.Cluster = "local",
    weak: option.Weak = False,
    null: option.Null = False,
    simulate: option.Simulate = None,
    output: option.Output = None,
    trace: option.Trace = False,
    csv: option.Csv = None,
    resume: option.Resume = None,
    dry_run: option.DryRun = False,
    json: option.Json = False,
    quiet: option.Quiet = False,
) -> int:
    """Run a study: serial, threads, processes, Ray on 1, 2, 4 nodes."""
    from scaling import options, study
    from scaling.command_defaults import command_line

    _refuse_unwritable(csv)
    if resume is not None:
        _refuse_beside_resume(context)
        with _watched(quiet) as observer:
            folder = study.resume(resume, observer, options.limits(max_blocks, budget))
        return _report(folder, csv, json, quiet)
    chosen = options.build(
        workload=workload, nodes=nodes, dense=dense, workers=workers,
        workers_per_node=workers_per_node, backends=backends, items=items, combine=combine,
        shared=shared, size=size, params=param or [], blocks=blocks, max_blocks=max_blocks,
        precision=precision, budget=budget, baseline=baseline, quick=quick, batch=batch,
        threads_per_worker=threads_per_worker, seed=seed, timeout=timeout, tolerance=tolerance,
        cluster=cluster, weak=weak, null=null, simulate=simulate, output=output, trace=trace,
        command=command_line(context, sys.argv),
    )  # fmt: skip
    if dry_run:
        return _dry_run(chosen, json, quiet)
    with _watched(quiet) as observer:
        folder = study.start(chosen, observer)
    return _report(folder, csv, json, quiet)


def _without(command: Callable[..., int], fixed: dict[str, Any], text: str) -> Callable[..., int]:
    """Return the command with these options fixed, so that it does not offer them."""
    signature = inspect.signature(command, eval_str=True)

    def narrowed(*args: Any, **given: Any) -> int:
        return command(*args, **given, **fixed)

    offered = [option for name, option in signature.parameters.items() if name not in fixed]
    return _with_parameters(narrowed, offered, command.__name__, text)


_NO_CLUSTER = {
    "nodes": None,
    "dense": False,
    "workers_per_node": None,
    "cluster": "local",
    "weak": False,
    "null": False,
    "resume": None,
}
compare = app.command("compare")(
    _without(run, _NO_CLUSTER, "Compare the local backends, all of them; no cluster.")
)


@app.command()
def show(
    study: option.Study,
    target_efficiency: Annotated[
        str, typer.Option(help="Efficiency that the largest useful N must reach.")
    ] = "70%",
    price_per_node_hour: Annotated[
        float | None, typer.Option(min=0.0, help="Price of a node for an hour, for the costs.")
    ] = None,
    grain: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="What 'scale grain' found, to compare the items with.",
            autocompletion=completion.grains,
        ),
    ] = None,
    rules: Annotated[
        bool,
        typer.Option("--rules", help="Show how it meets the twelve rules of Hoefler and Belli."),
    ] = False,
    json: option.Json = False,
) -> int:
    """Show the report of a study."""
    _keep_what_is_read()
    from scaling import grain_store, results
    from scaling.errors import UsageError
    from scaling.grains import Grain
    from scaling.option_texts import parse_share, sensible_price

    if grain_store.is_there(study):
        if rules:
            raise UsageError(f"{study} is no study: --rules needs the folder of a scale run")
        return _show_grain(study, json)
    target = parse_share(target_efficiency, "--target-efficiency")
    price = sensible_price(price_per_node_hour)
    found = results.load(study)
    found.grain = None if grain is None else Grain.load(grain)
    if rules:
        return _show_rules(found, json, target, price)
    return _show(found, json, target, price)


@app.command()
def fit(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="STUDY|FILE.csv",
            help="A study, or anyone's measurements.",
            autocompletion=completion.studies,
        ),
    ],
    x: Annotated[str | None, typer.Option("--x", help="Column of N.")] = None,
    throughput: Annotated[str | None, typer.Option(help="Column of throughput.")] = None,
    seconds: Annotated[
        str | None, typer.Option(help="Column of seconds for the same work.")
    ] = None,
    json: option.Json = False,
) -> int:
    """Fit scaling laws: linear, Amdahl, universal scalability."""
    _keep_what_is_read()
    from scaling import fitting
    from scaling.reports import law_documents, laws

    found = fitting.fits(source, x=x, throughput=throughput, seconds=seconds)
    if json:
        return _print_json(law_documents.fit_document(found))
    return _print(laws.fit_text(found))


@app.command()
def predict(
    study: option.Study,
    nodes: Annotated[int | None, typer.Option(min=1, help="Nodes to predict for.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Workers to predict for, on the local backends.")
    ] = None,
    far: Annotated[
        bool, typer.Option("--far", help="Predict past twice the largest measured N too.")
    ] = False,
    json: option.Json = False,
) -> int:
    """Predict for nodes or workers that were not measured.

    Exits with 3, and says why, where the data do not allow it.
    """
    _keep_what_is_read()
    from scaling import fitting
    from scaling.reports import law_documents, laws

    found = fitting.predictions(study, nodes=nodes, workers=workers, far=far)
    if json:
        documents = [law_documents.predict_document(one) for one in found]
        printed = _print_json({"predictions": documents})
    else:
        printed = _print("\n".join(laws.predict_text(one) for one in found))
    return printed or (0 if any(fitting.is_prediction(one) for one in found) else 3)


@app.command()
def export(study: option.Study, output: option.ExportFile, figure: option.FigureName = None) -> int:
    """Write the report of a study to a file; its suffix says how."""
    _keep_what_is_read()
    from scaling import grain_store, results
    from scaling.grains import Grain
    from scaling.reports import export, grain_export

    if grain_store.is_there(study):
        grain_export.write(Grain.load(study), output, figure=figure)
        return 0
    export.write(results.load(study), output, figure=figure)
    return 0


@app.command()
def grain(
    context: typer.Context,
    nodes: option.Nodes = "2",
    workers: option.Workers = None,
    workers_per_node: option.WorkersPerNode = None,
    backends: option.Backends = None,
    blocks: Annotated[
        int | None,
        typer.Option(min=1, help="Sessions of every case (default: 6).", rich_help_panel=MEASURING),
    ] = None,
    items: Annotated[
        int | None,
        typer.Option(min=1, help="Number of items (default: 1000).", rich_help_panel=WORK),
    ] = None,
    batch: option.Batch = "auto",
    threshold: Annotated[
        str,
        typer.Option(
            help="Share of the peak rate that is efficient enough.", rich_help_panel=MEASURING
        ),
    ] = "50%",
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Begin no further block that would end later.",
            rich_help_panel=MEASURING,
        ),
    ] = None,
    quick: option.Quick = False,
    seed: option.Seed = 0,
    cluster: option.Cluster = "local",
    output: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the result (default: scale-results/grain-TIME).", rich_help_panel=RESULT
        ),
    ] = None,
    csv: option.Csv = None,
    dry_run: option.DryRun = False,
    json: option.Json = False,
    quiet: option.Quiet = False,
) -> int:
    """Measure how short items may be on each backend: METG(50 %)."""
    from scaling import grain_options
    from scaling.command_defaults import command_line
    from scaling.study import grain as grain_run

    _refuse_unwritable(csv)
    chosen = grain_options.build(
        nodes=nodes, workers=workers, workers_per_node=workers_per_node, backends=backends,
        blocks=blocks, items=items, batch=batch, threshold=threshold, budget=budget, quick=quick,
        seed=seed, cluster=cluster, output=output, command=command_line(context, sys.argv),
    )  # fmt: skip
    if dry_run:
        return _dry_run_grain(chosen, json, quiet)
    with _watched(quiet) as observer:
        folder = grain_run.start(chosen, observer)
    return _report_grain(folder, csv, json, quiet)


@app.command()
def diff(
    base: Annotated[
        Path,
        typer.Argument(
            metavar="BASE", help="What NEW is compared with.", autocompletion=completion.results
        ),
    ],
    new: Annotated[
        Path,
        typer.Argument(
            metavar="NEW",
            help="Another study, or grain result.",
            autocompletion=completion.results,
        ),
    ],
    threshold: Annotated[
        str, typer.Option(help="Smallest change of a median worth reporting.")
    ] = "5%",
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a pull request.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write JUnit XML to this file too.")
    ] = None,
    json: option.Json = False,
) -> int:
    """Compare two studies: same, faster, slower or cannot tell.

    Exits with 0, 0, 1 and 3.
    """
    _keep_what_is_read()
    from scaling import gate
    from scaling.errors import UsageError
    from scaling.option_texts import parse_share

    if markdown and json:
        raise UsageError("give either --markdown or --json")
    found = gate.read(base, new, parse_share(threshold, "--threshold"))
    return _show_gate(found, junit, markdown=markdown, json=json)


@app.command()
def workloads(json: option.Json = False) -> int:
    """List the built-in workloads and what each shows."""
    from scaling.reports import listing
    from scaling.workloads import registry

    found = listing.workloads(registry.describe())
    return _print(listing.json_text(found) if json else listing.text(found))


@app.command()
def backends(json: option.Json = False) -> int:
    """List the backends, what each is for, and what is missing here."""
    from scaling.reports import listing

    found = listing.backends()
    return _print(listing.json_text(found) if json else listing.text(found))


@app.command("list")
def list_studies(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="Where to look (default: scale-results)."),
    ] = None,
    json: option.Json = False,
) -> int:
    """List the studies under a folder, the newest first."""
    _keep_what_is_read()
    from scaling import places, study_list
    from scaling.reports import screen
    from scaling.reports import study_list as report

    found = study_list.find(folder or places.RESULTS, named=folder is not None)
    shown = screen.screen(sys.stdout)
    width = shown.width if shown.terminal else None
    return _print(report.json_text(found) if json else report.text(found, width))


def _print_json(document: dict[str, Any]) -> int:
    import json

    return _print(json.dumps(document, indent=2))


def _print(text: str) -> int:
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_gone()
    except OSError as error:
        _reader_gone()
        return _fail(f"the result cannot be written: {error.strerror}", 2)
    return 0


def _refuse_unwritable(csv: Path | None) -> None:
    """Find out before a long run, not after it, that its report has no place."""
    from scaling.errors import UsageError

    if csv is not None and (csv.is_dir() or not os.access(csv.absolute().parent, os.W_OK)):
        raise UsageError(f"--csv {csv}: choose a file in a folder that is there and writable")


@contextmanager
def _watched(quiet: bool) -> Iterator[Observer]:
    from scaling.errors import Stopped
    from scaling.reports import progress

    _stop_once()
    observer = progress.observer(sys.stderr, quiet=quiet)
    try:
        yield observer
    except KeyboardInterrupt:
        # typer would end without a word.
        raise Stopped from None
    finally:
        observer.finished()


_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _stop_once() -> None:
    """Let SIGTERM and a closed terminal end a study as Ctrl-C does, saved and cleaned up."""

    def stop(*_: object) -> NoReturn:
        # Cleaning up takes seconds at most; a second signal must not cut it short.
        for other in _STOPPING:
            signal.signal(other, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in _STOPPING:
        # What is ignored stays so: nohup asks for that.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def _refuse_beside_resume(context: typer.Context) -> None:
    from scaling.command_defaults import BESIDE_RESUME, long_name, source
    from scaling.errors import UsageError

    allowed = {"resume", "max_blocks", "budget", "no_config", *BESIDE_RESUME}
    for name in context.params:
        if name not in allowed and source(context, name) == "COMMANDLINE":
            raise UsageError(
                f"--resume goes on with the study as it was planned; leave out {long_name(name)}"
            )


def _dry_run(chosen: RunOptions, json: bool, quiet: bool) -> int:
    from scaling import study
    from scaling.analysis import estimate

    with _watched(quiet) as observer:
        header = study.look_ahead(chosen, observer)
    return _show_outlook(header, estimate.of_study(header), json)


def _dry_run_grain(chosen: GrainOptions, json: bool, quiet: bool) -> int:
    from scaling.analysis import estimate
    from scaling.study import grain as grain_run

    with _watched(quiet) as observer:
        header = grain_run.look_ahead(chosen, observer)
    return _show_outlook(header, estimate.of_grain(header.plan, chosen.budget_s), json)


def _show_outlook(header: StudyHeader | GrainHeader, outlook: Outlook, json: bool) -> int:
    from scaling.reports import dry_run as report

    found = report.DryRun(header.plan, header.environment, outlook)
    return _print(report.json_text(found) if json else report.text(found))


def _report(folder: Path, csv: Path | None, json: bool, quiet: bool) -> int:
    _keep_what_is_read()
    from scaling import results
    from scaling.grains import Grain
    from scaling.places import RESULTS
    from scaling.reports import folder as report

    study = results.load(folder)
    study.grain = Grain.for_study(RESULTS, study.data)
    code = _show(study, json)
    written = report.write(study, folder, csv)
    if written.problem:
        _tell(f"{written.problem}\n")
    if not quiet:
        names = ", ".join(str(file) for file in (folder / "study.jsonl", *written.files))
        _tell(f"\nwritten: {names}\n")
    return code


def _tell(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(text)


def _report_grain(folder: Path, csv: Path | None, json: bool, quiet: bool) -> int:
    from scaling.grains import Grain
    from scaling.reports.grain import write_csv

    files = [folder / "grain.csv", *([] if csv is None else [csv])]
    for file in files:
        write_csv(Grain.load(folder), file)
    code = _show_grain(folder, json)
    if not quiet:
        names = ", ".join(str(file) for file in (folder / "grain.jsonl", *files))
        with suppress(OSError):
            sys.stderr.write(f"\nwritten: {names}\n")
    return code


def _show_grain(path: Path, json: bool) -> int:
    from scaling.grains import Grain
    from scaling.reports import grain as report

    found = Grain.load(path)
    printed = _print(report.json_text(found) if json else report.text(found))
    return printed or int(found.failed)


def _show_gate(found: gate.Gate, junit_file: Path | None, *, markdown: bool, json: bool) -> int:
    from scaling.reports import diff, diff_document, diff_markdown, junit

    if junit_file is not None:
        junit.write(found, junit_file)
    text = diff_document.text if json else diff_markdown.text if markdown else diff.text
    return _print(text(found)) or found.verdict.exit_code


def _show(study: results.Study, json: bool, target: float = 0.7, price: float | None = None) -> int:
    from scaling.reports import export, screen, terminal

    if json:
        text = export.json_text(study, target_efficiency=target, price_per_node_hour=price)
    else:
        shown = screen.screen(sys.stdout)
        text = terminal.text(
            study,
            shown.width,
            colour=shown.colour,
            target_efficiency=target,
            price_per_node_hour=price,
        )
    return _print(text) or int(study.failed)


def _show_rules(study: results.Study, json: bool, target: float, price: float | None) -> int:
    from scaling.reports import export, twelve_rules

    if json:
        told = export.json_text(
            study, target_efficiency=target, price_per_node_hour=price, rules=True
        )
    else:
        told = twelve_rules.text(study)
    return _print(told) or int(study.failed)


if __name__ == "__main__":
    app()
