"""Take the pictures of the report that the documentation shows: ``python docs/screenshots.py``.

Needs Chromium and the packages of the dev group.  The demo's report is opened at desktop width, at 320 px and printed
to A4; tall pages are cut into columns so that one picture shows all of it.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
COLOURS = 64  # flat pages need no more, and the files stay small


def main() -> None:
    """Audit the demo, open its report, and write docs/report*.png and docs/screenshots/*.png."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        out = Path(folder, "demo")
        subprocess.run([Path(sys.executable).with_name("fairwitness"), "demo", "--out", out], check=True)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = (out / "report.html").as_uri()
        (HERE / "screenshots").mkdir(exist_ok=True)
        for name, wanted in (("report", "header, #summary"), ("report-results", "#results")):
            in_columns(part_of_page(browser, page, wanted), 1, HERE / f"{name}.png")
        in_columns(whole_page(browser, page, 1200), 3, HERE / "screenshots" / "desktop.png")
        in_columns(whole_page(browser, page, 320), 8, HERE / "screenshots" / "phone.png")
        in_columns(printed(browser, page, Path(folder)), 4, HERE / "screenshots" / "a4.png")
        browser.close()


def whole_page(browser: Browser, url: str, width: int) -> list[bytes]:
    """Return a page at some width as one tall picture."""
    view = browser.new_page(viewport={"width": width, "height": 900})
    view.goto(url)
    return [view.screenshot(full_page=True)]


def part_of_page(browser: Browser, url: str, wanted: str) -> list[bytes]:
    """Return the part of a page that some elements take up, or what of it fits a screen, as on a fine display."""
    view = browser.new_page(viewport={"width": 980, "height": 900}, device_scale_factor=1.5)
    view.goto(url)
    boxes = [box for box in (element.bounding_box() for element in view.query_selector_all(wanted)) if box]
    top = max(min(box["y"] for box in boxes) - 24, 0)
    height = min(max(box["y"] + box["height"] for box in boxes) - top, 1060)
    return [view.screenshot(full_page=True, clip={"x": 0, "y": top, "width": 980, "height": height})]


def printed(browser: Browser, url: str, folder: Path) -> list[bytes]:
    """Return the pages that A4 paper would show; needs pdftoppm."""
    view = browser.new_page()
    view.goto(url)
    view.pdf(path=folder / "a4.pdf", format="A4")
    subprocess.run(["pdftoppm", "-r", "60", "-png", folder / "a4.pdf", folder / "a4"], check=True)
    return [path.read_bytes() for path in sorted(folder.glob("a4-*.png"))]


def in_columns(pictures: list[bytes], columns: int, path: Path) -> None:
    """Cut one tall picture into columns, or lay pages side by side, and save the result."""
    from PIL import Image

    pages = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    if len(pages) == 1:
        (tall,) = pages
        step = -(-tall.height // columns)
        pages = [tall.crop((0, i * step, tall.width, min(tall.height, (i + 1) * step))) for i in range(columns)]
    width, height = max(p.width for p in pages), max(p.height for p in pages)
    rows = -(-len(pages) // columns)
    sheet = Image.new("RGB", ((width + 12) * columns - 12, (height + 12) * rows - 12), "#999")
    for i, page in enumerate(pages):
        sheet.paste(page, ((i % columns) * (width + 12), (i // columns) * (height + 12)))
    sheet.quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main()
