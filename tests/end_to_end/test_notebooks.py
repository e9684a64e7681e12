"""Every notebook runs from top to bottom on the published file of the story."""

import nbformat
import pytest
from nbclient import NotebookClient

from pipelines.kit.paths import PROJECT_ROOT

NOTEBOOKS = sorted((PROJECT_ROOT / "notebooks").glob("*.ipynb"))
PICTURES = {"grassroots_overview": 2, "standing_questions": 14}


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs_and_draws(file, story, monkeypatch):
    paths, _ = story
    monkeypatch.setenv("ZHENJIE_DATA", str(paths.root))
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(file.parent)}}).execute()
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(pictures) >= PICTURES[file.stem]
    assert not [o for o in outputs if o.output_type == "error"]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_committed_without_outputs(file):
    cells = nbformat.read(file, as_version=4).cells
    assert all(not c.outputs and c.execution_count is None for c in cells if c.cell_type == "code")
