"""Keep the architecture that docs/architecture.md describes.

Order, circles, sizes, names and doors.
"""

from __future__ import annotations

import ast
import re
import sysconfig
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from tests import mutate
from tests.warm_commands import run_command
from xinjiang_record.pipeline import incremental

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "xinjiang_record"
MODULES = sorted(LIBRARY.rglob("*.py")) + sorted((ROOT / "flows").rglob("*.py"))

# A module imports only from its own entry and from the entries before it. cli/ and flows/ are last.
ORDER = [
    "_version",
    "exit_codes",
    "errors",
    "extras",
    "limits",
    "model",
    "settings",
    "untrusted",
    "files",
    "edtf",
    "rosters",
    "raw_files",
    "logs",
    "numpy_columns",
    "constraints",
    "schema",
    "archives",
    "reconcile",
    "document_readers",
    "extract",
    "fetch",
    "validate",
    "check_tables",
    "data_packages",
    "proposals",
    "release",
    "pipeline",
    "site",
    "web",
    "client",
    "questions",
    "cli",
    "flows",
]
# Why a module may be imported inside a function. The line carries the reason: "# deferred:
# start-up".
DEFERRED = {"start-up", "optional extra", "platform"}
MOST_MODULES, MOST_LINES = 15, 400
# Names of modules that may stand in more than one folder: they are the same kind of thing in each.
REPEATED = {"__init__", "build", "rules", "figures", "documents", "responses", "schedule", "run"}


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


NAMES = {dotted(path): path for path in MODULES}


def stage(name: str) -> str:
    """The entry of ORDER that a module belongs to."""
    parts = name.split(".")
    return "flows" if parts[0] == "flows" else parts[1] if len(parts) > 1 else "questions"


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(tree(path)))


@cache
def attributes(path: Path) -> list[tuple[str, int]]:
    """Every attribute that a module reads or calls, such as ``os.environ``, with its line."""
    ends = {name.rpartition(".")[2] for _, names in CALLS.values() for name in names}
    found = (node for node in nodes(path) if isinstance(node, ast.Attribute) and node.attr in ends)
    return [(ast.unparse(node), node.lineno) for node in found]


@cache
def imports(path: Path, typing_only: bool = True) -> list[tuple[str, int]]:
    """Every imported module of the project or of a library, with its line.

    Function-level ones too.
    """
    skipped = set()
    found = []
    if not typing_only:
        for node in nodes(path):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                skipped |= {id(inner) for inner in ast.walk(node)}
    for node in nodes(path):
        if not isinstance(node, ast.Import | ast.ImportFrom) or id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        else:
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.append((full if full in NAMES else node.module or "", node.lineno))
    return found


def own_imports(path: Path, typing_only: bool = True) -> Iterator[tuple[str, int]]:
    return ((name, line) for name, line in imports(path, typing_only) if name in NAMES)


# Folders whose own code is in __init__, and which each thread imports as a whole.
WHOLE_FOLDERS = {"client", "data_packages", "release.download_formats"}


def test_folders_import_none_of_their_modules() -> None:
    """Two threads that import a folder and a module of it at once would wait for each other."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {other}"
        for name, path in NAMES.items()
        if path.name == "__init__.py"
        and "." in name
        and name.partition(".")[2] not in WHOLE_FOLDERS
        for other, line in own_imports(path, typing_only=False)
        if other.startswith(f"{name}.")
        and not any(
            node.lineno <= line <= (node.end_lineno or 0)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.FunctionDef)
        )
    ]
    assert not wrong, "\n".join(wrong)


def test_each_import_goes_up_the_order() -> None:
    wrong = []
    for name, path in NAMES.items():
        for other, line in own_imports(path):
            if "." not in other and other != "flows":
                continue
            assert stage(name) in ORDER, f"{path}: add {stage(name)} to ORDER"
            if ORDER.index(stage(other)) > ORDER.index(stage(name)):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {other}")
    assert not wrong, "\n".join(wrong)


def test_there_is_no_circle_of_imports() -> None:
    edges: dict[str, set[str]] = defaultdict(set)
    for name, path in NAMES.items():
        # A package's own __init__ runs before each of its modules, so an import of it is no edge.
        edges[name] = {
            other
            for other, _ in own_imports(path, typing_only=False)
            if other != name and not name.startswith(other + ".")
        }
    circles = [sorted(group) for group in strongly_connected(edges) if len(group) > 1]
    assert not circles, "\n".join(" <-> ".join(circle) for circle in circles)


def strongly_connected(edges: dict[str, set[str]]) -> Iterator[set[str]]:
    """Yield the groups of modules that reach each other, by reachability in both directions."""

    def reachable(start: str) -> set[str]:
        seen, todo = {start}, [start]
        while todo:
            for other in edges.get(todo.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    reached = {name: reachable(name) for name in edges}
    done: set[str] = set()
    for name in edges:
        if name not in done:
            group = {other for other in reached[name] if name in reached.get(other, ())}
            done |= group
            yield group


def test_the_page_lists_the_order_and_names_what_exists() -> None:
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    stages, tasks = re.findall(r"(?s)\n\| --- \| --- \|\n(.*?)\n\n", text)
    listed = [
        name.rstrip("/")
        for line in stages.splitlines()
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]
    assert listed == [name for name in ORDER if name != "_version"]
    named = set(re.findall(r"`([\w/]+(?:/|\.py))`", stages + tasks)) - {"runs/"}  # a run makes it
    assert len(named) > 30
    tops = (ROOT, LIBRARY)
    assert [name for name in named if not any((top / name).exists() for top in tops)] == []


def test_no_folder_is_crowded() -> None:
    count = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    wrong = {
        str(folder.relative_to(ROOT)): number
        for folder, number in count.items()
        if number > MOST_MODULES
    }
    assert not wrong, f"more than {MOST_MODULES} modules: {wrong}"


def test_no_module_is_long() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in MODULES
    }
    wrong = {name: number for name, number in lines.items() if number > MOST_LINES}
    assert not wrong, f"more than {MOST_LINES} lines: {wrong}"


def test_no_module_name_is_there_twice() -> None:
    places = defaultdict(list)
    for path in sorted(LIBRARY.rglob("*.py")):
        places[path.stem].append(str(path.relative_to(ROOT)))
    # Commands, pages and metadata files are named for what they make, which other folders are named
    # for too.
    wrong = {
        stem: [name for name in names if not re.search(r"/(cli|pages|metadata)/", name)]
        for stem, names in places.items()
        if stem not in REPEATED
    }
    wrong = {stem: names for stem, names in wrong.items() if len(names) > 1}
    assert not wrong, wrong


def test_no_flow_file_hides_a_library() -> None:
    libraries = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
    names = [path.stem for path in (ROOT / "flows").glob("*.py")]
    wrong = [name for name in names if PathFinder.find_spec(name, libraries)]
    assert not wrong, (
        f"Prefect puts flows/ first on the import path, so these hide a library: {wrong}"
    )


def test_only_one_name_is_installed() -> None:
    find = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"][
        "packages"
    ]["find"]
    assert find["include"] == ["xinjiang_record*"]


def test_the_library_does_not_import_flows() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in LIBRARY.rglob("*.py")
        for name, line in imports(path)
        if name.split(".")[0] == "flows"
    ]
    assert not wrong, (
        f"cli/checkout_flows.py imports flows/ from the checkout; these import it directly: {wrong}"
    )


GENERIC = {
    "validate": {
        "_version",
        "exit_codes",
        "errors",
        "limits",
        "model",
        "settings",
        "files",
        "untrusted",
        "archives",
        "constraints",
        "numpy_columns",
        "validate",
    },
    "release": set(ORDER[: ORDER.index("release") + 1])
    - {"data_packages", "extract", "reconcile", "document_readers"},
}


@pytest.mark.parametrize("folder", GENERIC)
def test_generic_folders_know_nothing_of_the_record(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in (LIBRARY / folder).rglob("*.py")
        for name, line in own_imports(path)
        if stage(name) not in GENERIC[folder]
        and name not in {"xinjiang_record", "xinjiang_record.schema.cell_text"}
    ]
    assert not wrong, "\n".join(wrong)


def test_the_hash_of_the_code_covers_all_that_a_build_reaches() -> None:
    reached, todo = set(), ["xinjiang_record.data_packages", "xinjiang_record.release"]
    todo += [
        name
        for name in NAMES
        if name.startswith(("xinjiang_record.data_packages.", "xinjiang_record.release."))
    ]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += [other for other, _ in own_imports(NAMES[name])]
    folders = {NAMES[name].relative_to(LIBRARY).parts[0] for name in reached} & {
        path.name for path in LIBRARY.iterdir() if path.is_dir()
    }
    assert folders <= set(incremental.HASHED_FOLDERS), (
        f"add to incremental.HASHED_FOLDERS: {sorted(folders - set(incremental.HASHED_FOLDERS))}"
    )
    missing = [name for name in incremental.HASHED_FOLDERS if not (LIBRARY / name).is_dir()]
    assert not missing, f"incremental.HASHED_FOLDERS names folders that do not exist: {missing}"


def test_only_one_folder_touches_the_inside_of_frictionless() -> None:
    private = re.compile(r"_[A-Z]\w*__\w+|setattr\(frictionless|_TableResource__|_Parser__")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in MODULES
        if "validate/frictionless_hooks" not in str(path)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if private.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_an_import_inside_a_function_says_why() -> None:
    wrong = []
    for path in MODULES:
        lines = path.read_text("utf-8").splitlines()
        functions = [
            range(node.lineno, (node.end_lineno or 0) + 1)
            for node in nodes(path)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        for node in nodes(path):
            if isinstance(node, ast.Import | ast.ImportFrom) and any(
                node.lineno in function for function in functions
            ):
                text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                found = re.search(r"# deferred: ([a-z -]+)", text)
                if not found or found[1].strip() not in DEFERRED:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, f"say why, with one of {sorted(DEFERRED)}:\n" + "\n".join(wrong)


def test_the_steps_of_a_printed_name_are_where_the_docs_say() -> None:
    text = (ROOT / "docs/architecture.md").read_text("utf-8").partition("## One printed name")[2]
    rows = [row.split("|") for row in text.partition("\n## ")[0].splitlines() if "`" in row[1:]]
    steps = [(re.findall("`([^`]+)`", row[2]), re.findall("`([^`]+)`", row[3]))
             for row in rows if len(row) == 5]  # fmt: skip
    assert len(steps) >= 9
    for functions, modules in steps:
        defined = {
            node.name
            for module in modules
            for node in tree(NAMES[f"xinjiang_record.{module}"]).body
            if isinstance(node, ast.FunctionDef)
        }
        assert set(functions) <= defined, f"{functions} are not all in {modules}"


def test_common_ways_enter_few_files() -> None:
    """A reader of one printed name, or of the validation of a small CSV, opens few files."""
    code = "import count_files as c; print(len(c.follow_a_name()), len(c.validate_two_rows()))"
    done = run_command(folder=ROOT / "benchmarks", code=code)
    assert done.returncode == 0, done.stderr
    of_name, of_table = map(int, done.stdout.split())
    assert of_name <= 13
    assert of_table <= 12


def test_the_long_test_files_exist() -> None:
    text = (ROOT / "tests/conftest.py").read_text("utf-8")
    lists = [
        ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) in {"LONG_FILES", "TOGETHER"}
    ]
    assert len(lists) == 2
    listed = [name for names in lists for name in names]
    missing = [name for name in listed if not (ROOT / "tests" / name).is_file()]
    assert not missing, f"tests/conftest.py names files that do not exist: {missing}"


def test_the_listed_mutants_fit_the_code() -> None:
    """A changed line leaves its mutant behind, which then proves nothing."""
    gone = [
        f"{mutant.file}: {mutant.change}"
        for mutant in mutate.read_list()
        if mutant.old not in (ROOT / mutant.file).read_text("utf-8")
    ]
    assert not gone, "correct tests/mutants.tsv:\n" + "\n".join(gone)


def test_tests_mirror_the_library() -> None:
    own = {path.name for path in LIBRARY.iterdir()} | {
        "flows",
        "hostile",
        "faults",
        "golden",
        "browser",
        "fuzz",
    }
    wrong = sorted(
        path.name
        for path in (ROOT / "tests").iterdir()
        if path.is_dir() and path.name[0] != "_" and path.name not in own
    )
    assert not {name for name in wrong if name not in {"client", "cases"}}, (
        f"tests/ has folders of no stage: {wrong}"
    )


def test_continuous_integration_checks_style_and_types() -> None:
    assert "make check" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert (ROOT / ".pre-commit-config.yaml").is_file()
    workflow = (ROOT / ".github/workflows/test.yml").read_text("utf-8")
    assert all(version in workflow for version in ("3.11", "3.12", "3.13"))


DOORS = {
    "a socket": (
        {
            "huggingface_hub",
            "socket",
            "httpx",
            "urllib.request",
            "http.client",
            "requests",
            "aiohttp",
        },
        ("xinjiang_record/fetch/",),
    ),
    "an archive": (
        {"zipfile", "tarfile", "gzip", "bz2", "lzma", "zlib"},
        ("xinjiang_record/archives/",),
    ),
    "Prefect": ({"prefect", "prefect_dask"}, ("flows/",)),
}


@pytest.mark.parametrize("danger", DOORS)
def test_each_danger_has_one_door(danger: str) -> None:
    modules, doors = DOORS[danger]
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in MODULES
        if not str(path.relative_to(ROOT)).startswith(doors)
        for name, line in imports(path)
        if any(name == module or name.startswith(module + ".") for module in modules)
    ]
    assert not wrong, f"{danger} is opened outside {doors}:\n" + "\n".join(wrong)


CALLS = {
    "renames or deletes": (
        {"files"},
        {
            "os.rename",
            "os.replace",
            "os.unlink",
            "os.remove",
            "os.rmdir",
            "os.symlink",
            "os.link",
            "shutil.rmtree",
            "shutil.move",
            "os.truncate",
        },
    ),
    "reads the clock": (
        {"settings"},
        {
            "time.time",
            "time.monotonic",
            "time.sleep",
            "datetime.now",
            "datetime.utcnow",
            "datetime.today",
            "date.today",
            "datetime.datetime.now",
            "datetime.date.today",
        },
    ),
    "reads the environment": (
        {"settings", "limits"},
        {"os.environ", "os.getenv", "os.environ.get", "os.putenv"},
    ),
}


@pytest.mark.parametrize("what", CALLS)
def test_only_one_module(what: str) -> None:
    owners, names = CALLS[what]
    wrong = []
    for name, path in NAMES.items():
        if stage(name) in owners:
            continue
        wrong += [
            f"{path.relative_to(ROOT)}:{line} {text}"
            for text, line in attributes(path)
            if text in names
        ]
    assert not wrong, f"only {owners} {what}:\n" + "\n".join(wrong)


EXTRACT = [path for name, path in NAMES.items() if stage(name) == "extract"]
RECONCILE = [path for name, path in NAMES.items() if stage(name) == "reconcile"]
LANGUAGES = {path.stem for path in (LIBRARY / "extract" / "languages").glob("*.toml")}
# Patterns with words in code, each with the reason why no language file is their place.
NO_WORDS_OF_A_LANGUAGE = {
    "check/compare/event_verdicts.py": "reads the record's own titles",
    "check/compare/figure_parts.py": "reads the record's own names of populations and units",
    "check/compare/motion_verdicts.py": "reads the record's own names of parliaments",
    "check/record_tables.py": "reads the record's own notes",
    "name_lists/line_breaks.py": "reads locators of the document readers, and UN symbols",
    "signatories/group_statements.py": "reads UN symbols",
}
# Tables of letters and signs that are one letter in several forms: they are no words.
LETTER_FORMS = {
    "languages/list_words.py": "fold",
    "dates.py": "i with and without a dot",
    "check/compare/unread_names.py": "the small letters of two scripts",
    "reconcile/normalize.py": "letters that are one in names",
}


def words_in_pattern(text: str) -> list[str]:
    """Return the words that a pattern asks for: without groups, classes, escapes and ranges."""
    text = re.sub(r"\(\?P<\w+>|\(\?P=\w+\)|\\[A-Za-z]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}", "", text)
    return re.findall(r"[^\W\d_]{2,}", re.sub(r"\[[^\]]*\]", "", text))


def is_in_pattern(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Return whether a string is a pattern of a function of ``re``, or a part of one."""
    while node in parents and not isinstance(node, ast.stmt | ast.Subscript | ast.Tuple):
        node = parents[node]
        if isinstance(node, ast.Call):
            return ast.unparse(node.func).startswith("re.")
    return False


def test_no_word_of_a_language_is_in_code() -> None:
    """A speaker reviews one data file: words and letters of a language are nowhere else."""
    wrong = []
    for path in (*EXTRACT, *RECONCILE):
        name = path.relative_to(LIBRARY).as_posix().removeprefix("extract/")
        parents = {child: node for node in nodes(path) for child in ast.iter_child_nodes(node)}
        for node in nodes(path):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if isinstance(parents[node], ast.Expr):
                continue  # a docstring
            bare = re.sub("[^\x00-\x7f]-[^\x00-\x7f]|[ºªʼ]", "", node.value)  # ranges, signs
            letters = any(char.isalpha() and not char.isascii() for char in bare)
            words = is_in_pattern(node, parents) and words_in_pattern(node.value)
            if letters and name not in LETTER_FORMS:
                wrong.append(f"{name}:{node.lineno}: {node.value!r}")
            elif words and name not in NO_WORDS_OF_A_LANGUAGE:
                wrong.append(f"{name}:{node.lineno}: {words}")
    assert not wrong, (
        "move to extract/languages/*.toml or reconcile/attached_words.toml:\n" + "\n".join(wrong)
    )


def test_no_code_asks_for_one_language() -> None:
    """What is true of one language is a key of its data file (``languages/writing.py``)."""
    wrong = []
    for path in EXTRACT:
        for node in nodes(path):
            least = {ast.Compare: 1, ast.Set: 2, ast.Tuple: 2, ast.List: 2, ast.Dict: 2}.get(
                type(node)
            )
            if not least:
                continue
            values = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
            if len(values & LANGUAGES) >= least:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    assert not wrong, "a key in extract/languages/*.toml says it better:\n" + "\n".join(wrong)
