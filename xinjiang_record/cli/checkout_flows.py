"""Import the Prefect flows from the checkout that a command works on.

``flows/`` is part of a project, like ``raw/`` and ``schemas/``. It is not installed.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from xinjiang_record import settings
from xinjiang_record.errors import UsageError
from xinjiang_record.settings import Project


def import_flow_module(project: Project, name: str) -> ModuleType:
    """Import ``flows/<name>.py`` of ``project``, for this process and for the processes it starts.

    Raises:
        UsageError: The project has no ``flows/`` folder.
        ModuleNotFoundError: A library of the extra ``flows`` is not installed.
    """
    if not (project.root / "flows" / f"{name}.py").is_file():
        raise UsageError(
            f"{project.root}: expected flows/{name}.py, found none. "
            "Copy flows/ from the repository, or run without Prefect: xrecord run --direct."
        )
    root = str(project.root.resolve())
    if root not in sys.path:
        sys.path.insert(0, root)
    # Processes that Prefect or Dask start find the same files.
    settings.prepend_to_path_variable("PYTHONPATH", root)
    return importlib.import_module(f"flows.{name}")
