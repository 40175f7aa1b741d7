"""The front end's built folder: fonts, readers, mirrored styles; remade when an input changes."""

import importlib.util
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from house import fonts, node_packages
from house.console import Stop
from house.places import BUILT, NODE_MODULES, ROOT
from house.shell import run
from house.stamps import once

SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
PDF_FILES = ("build/pdf.min.mjs", "build/pdf.worker.min.mjs")
PDF_FOLDERS = ("cmaps", "standard_fonts", "wasm", "iccs")
EPUB_LEAVES_OUT = {"rollup.config.js", "eslint.config.js", "reader.js"}
POLYFILL = "import 'construct-style-sheets-polyfill'\n"
RELATIVE_URL = re.compile(r"""url\((['"]?)(?!['"]?(?:data:|https?:|/|#))""")


def prepare(*, for_tests: bool = False) -> None:
    """Build static/built when npm's lock, Unfold or these recipes changed."""
    node_packages.prepare(for_tests=for_tests)
    unfold = _unfold() / "static" / "unfold" / "css" / "styles.css"
    inputs = [Path(__file__), Path(fonts.__file__), ROOT / "package-lock.json", unfold]
    with once("assets", "building fonts, readers and stylesheets", inputs, made=BUILT) as due:
        if due:
            shutil.rmtree(BUILT, ignore_errors=True)
            BUILT.mkdir(parents=True)
            fonts.build()
            _pdf_reader()
            _epub_reader()
            _sorting()
            _mirror(unfold, BUILT / "unfold" / "css" / "styles.rtl.css")


def _pdf_reader() -> None:
    source, target = NODE_MODULES / "pdfjs-dist", BUILT / "pdfjs"
    _copy(source, target, [source / name for name in PDF_FILES])
    for folder in PDF_FOLDERS:
        shutil.copytree(source / folder, target / folder)
    shutil.copy(source / "LICENSE", target)


def _epub_reader() -> None:
    """Copy foliate-js; its one bare import is a polyfill that no supported browser needs."""
    source, target = NODE_MODULES / "foliate-js", BUILT / "foliate"
    modules = [path for path in source.glob("*.js") if path.name not in EPUB_LEAVES_OUT]
    _copy(source, target, [*modules, *source.glob("vendor/*.js"), *source.glob("ui/*.js")])
    fixed = target / "fixed-layout.js"
    text = fixed.read_text()
    if POLYFILL not in text:
        raise Stop("fixed-layout.js of foliate-js imports something else now: look at it")
    fixed.write_text(text.replace(POLYFILL, ""))
    shutil.copy(source / "LICENSE", target)


def _sorting() -> None:
    source = NODE_MODULES / "sortablejs"
    _copy(source, BUILT / "sortable", [source / "Sortable.min.js"])
    shutil.copy(source / "LICENSE", BUILT / "sortable")


def _copy(source: Path, target: Path, files: Iterable[Path]) -> None:
    """Copy text files without the comments that point at source maps we do not serve."""
    for file in files:
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(SOURCE_MAP.sub("", file.read_text(encoding="utf-8")), encoding="utf-8")


def _mirror(stylesheet: Path, target: Path) -> None:
    """Write a stylesheet's right-to-left twin, whose addresses lead to the original's folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    node = node_packages.find_node().node
    run([node, NODE_MODULES / "rtlcss" / "bin" / "rtlcss.js", "--silent", stylesheet, target])
    back = "../../../unfold/css/"
    mirrored = target.read_text(encoding="utf-8")
    target.write_text(RELATIVE_URL.sub(rf"url(\1{back}", mirrored), encoding="utf-8")


def _unfold() -> Path:
    found = importlib.util.find_spec("unfold")
    if found is None or found.origin is None:
        raise Stop("the Python packages are not installed")
    return Path(found.origin).parent
