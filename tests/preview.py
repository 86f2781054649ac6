# SPDX-License-Identifier: MIT
"""Make the picture at the top of README: the start page of the built site, light and dark.

make preview    builds the site and writes docs/assets/preview.webp
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.support.chromium import FLAGS, MISSING, find

WIDTH, HEIGHT = 1180, 860  # of each half, in pixels


def main(site: Path, picture: Path) -> None:
    path = find()
    if path is None:
        sys.exit(MISSING)
    halves = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, "--no-sandbox"])
        for scheme in ("light", "dark"):
            page = browser.new_page(
                color_scheme=scheme, viewport={"width": WIDTH, "height": HEIGHT}
            )
            page.goto((site / "index.html").absolute().as_uri(), wait_until="networkidle")
            halves.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        browser.close()
    both = Image.new("RGB", (2 * WIDTH, HEIGHT))
    for place, half in enumerate(halves):
        both.paste(half, (place * WIDTH, 0))
    both.resize((WIDTH, HEIGHT // 2), Image.Resampling.LANCZOS).save(picture, quality=80)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
