"""execute.py NOTEBOOK EXECUTED PAGE: runs a notebook on this project's kernel, top to bottom.

Writes it with its outputs, and as a page. Where a cell fails, the exit code is 3, and the output is
JSON: the cell's number among those with code, and what it threw.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from nbformat.sign import NotebookNotary


def main(source, executed, page):
    notebook = nbformat.read(source, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="specialist",
        timeout=None,
        record_timing=False,
        resources={"metadata": {"path": str(Path(source).parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        print(json.dumps({"cell": failed_cell(notebook), "error": f"{error.ename}: {error.evalue}"}))
        return 3
    NotebookNotary().sign(notebook)  # so that Jupyter shows figures which run scripts
    nbformat.write(notebook, executed)
    exporter = HTMLExporter(
        extra_template_basedirs=[str(Path(__file__).parent)], template_name="template"
    )
    resources = {"metadata": {"name": Path(source).stem}}
    html, _ = exporter.from_notebook_node(notebook, resources=resources)
    Path(page).write_text(html, encoding="utf-8")
    return 0


def failed_cell(notebook):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return 1 + next(
        index
        for index, cell in enumerate(code)
        if any(output.output_type == "error" for output in cell.outputs)
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
