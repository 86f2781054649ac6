// SPDX-License-Identifier: MIT
// @ts-check
// What the pages do beyond reading. The build joins this module and those it imports into one
// classic script (engine/site/scripts.py): browsers refuse modules that come from a disk. It runs
// before the theme's script, whose configuration and requests it changes.

import { offerAnswers } from "./exercises.js";
import { letFiguresAnswer } from "./figures.js";
import { offerDownloads, offerPrograms } from "./programs.js";
import { showProgress } from "./progress.js";
import { closeTermsOnEscape, pressWithSpace, repairPage } from "./repairs.js";
import { waitForSearch } from "./search.js";
import { offerShortcuts, showShortcutsButton } from "./shortcuts.js";

// From a disk, the theme's instant navigation ends every other script of the theme.
if (location.protocol === "file:") {
  const config = document.querySelector("#__config");
  if (config) config.textContent = (config.textContent ?? "").replace("navigation.instant", "");
}

waitForSearch();
closeTermsOnEscape();
pressWithSpace();
offerShortcuts();

// The theme's script makes document$, which announces each page, after instant navigation too.
addEventListener("DOMContentLoaded", () => {
  /** @type {{ subscribe: (next: () => void) => void }} */
  const pages = Reflect.get(globalThis, "document$");
  pages.subscribe(() => {
    repairPage();
    offerPrograms();
    offerDownloads();
    offerAnswers();
    letFiguresAnswer();
    showProgress();
    showShortcutsButton();
  });
});
