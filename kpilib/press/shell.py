"""
The warm engine: runs a notebook's cells in this process, where a kernel would run them in another.

What a cell shows is kept as a kernel would have sent it, so that both engines make the same page.
A process serves for one page: whatever a cell leaves behind goes with it.
"""

from __future__ import annotations

import base64
import io
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import matplotlib
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from kpilib.press.measure import Measure
from kpilib.press.pieces import WARM

_BACKEND = "module://matplotlib_inline.backend_inline"


class _Shown(list[NotebookNode]):
    """What the running cell has shown so far; what is printed becomes one of it when something else follows."""

    def __init__(self) -> None:
        super().__init__()
        self._measure, self._stream, self._printed = Measure(), "", io.StringIO()

    def print(self, stream: str, text: str) -> None:
        """Keep what is printed on `stdout` or `stderr`."""
        self._measure.add(text)
        if stream != self._stream:
            self.settle()
            self._stream = stream
        self._printed.write(text)

    def settle(self) -> None:
        """Make an output of what was printed last."""
        if printed := self._printed.getvalue():
            self.append(new_output("stream", name=self._stream, text=printed))
        self._stream, self._printed = "", io.StringIO()

    def show(self, kind: str, data: dict[str, Any], metadata: dict[str, Any], **more: Any) -> None:
        """Keep something that has several forms, pictures as text."""
        self._measure.add(*data.values())
        self.settle()
        said = {
            form: base64.b64encode(each).decode("ascii") if isinstance(each, bytes) else each
            for form, each in data.items()
        }
        self.append(new_output(kind, said, metadata=metadata, **more))


class _Result(DisplayHook):
    """Keeps the value of a cell's last line."""

    shell: _Shell

    def write_output_prompt(self) -> None:
        """Print no `Out[1]:`, which a notebook has of itself."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Keep it."""
        self.shell.shown.show("execute_result", format_dict, md_dict or {}, execution_count=self.prompt_count)

    def finish_displayhook(self) -> None:
        """Print no empty line after it."""


class _Display(DisplayPublisher):
    """Keeps what a cell displays on its way."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        source: object = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Keep it; a display that is brought up to date is shown anew."""
        self.shell.shown.show("display_data", data, metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell has shown."""
        self.shell.shown.settle()
        self.shell.shown.clear()


class _Printed(io.TextIOBase):
    """Keeps what a cell prints on `stdout` or `stderr`."""

    def __init__(self, shown: _Shown, stream: str) -> None:
        self._shown, self._stream = shown, stream

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep it, with what was printed just before."""
        self._shown.print(self._stream, text)
        return len(text)


class _Shell(InteractiveShell):
    """An IPython shell that keeps what cells show."""

    displayhook_class = _Result
    display_pub_class = _Display

    def __init__(self, **given: Any) -> None:
        self.shown = _Shown()
        super().__init__(**given)

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.shown.settle()
        self.shown.append(new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb)))

    def fill(self, cell: NotebookNode) -> None:
        """Run a cell, and put what it shows into it."""
        self.shown.clear()
        cell.execution_count = self.execution_count
        with redirect_stdout(_Printed(self.shown, "stdout")), redirect_stderr(_Printed(self.shown, "stderr")):
            done = self.run_cell(cell.source, store_history=True)
        error = done.error_before_exec or done.error_in_exec
        if error and not any(shown.output_type == "error" for shown in self.shown):  # a magic's, which are only printed
            self._showtraceback(type(error), error, [])
        self.shown.settle()
        cell.outputs = list(self.shown)


class WarmEngine(Engine):
    """Papermill's way to the shell of this process."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, folder: Path, **_: Any
    ) -> None:
        """
        Run the cells in their order, as far as the first that fails.

        Args:
            folder: where IPython may keep what it keeps; it has no history.
        """
        os.environ["MPLBACKEND"] = _BACKEND
        matplotlib.rcParams["backend"] = _BACKEND
        quiet = Config({"HistoryManager": {"enabled": False}})
        shell = _Shell.instance(ipython_dir=str(folder), config=quiet)
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, index)
            shell.fill(cell)
            failed = any(output.output_type == "error" for output in cell.outputs)
            if failed:
                nb_man.cell_exception(cell, cell_index=index)
            nb_man.cell_complete(cell, cell_index=index)
            if failed:
                break


papermill_engines.register(WARM, WarmEngine)
