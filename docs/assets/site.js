// SPDX-License-Identifier: MIT
// @ts-check
// The interactive parts of every page. The build joins this module and those it imports into one
// classic script (engine/site/scripts.py), because browsers refuse modules that come from a disk.
// It runs before the theme's script, whose configuration and requests it changes, and before all
// other scripts, which use its modules.
// @on-every-page

import { loadFiguresWhenAsked, loadParts, onEachPage } from "./later.js";
import { offerDownloads, offerPrograms } from "./programs.js";
import { showProgress } from "./progress.js";
import { closeTermsOnEscape, pressWithSpace, repairPage } from "./repairs.js";
import { waitForSearch } from "./search.js";
import { offerShortcuts, showShortcutsButton } from "./shortcuts.js";

// Not used here, but by several of the other scripts.
import {} from "./lists.js";
import {} from "./numbers.js";

// On pages opened from a disk, instant navigation breaks every other script of the theme.
if (location.protocol === "file:") {
  const config = document.querySelector("#__config");
  if (config) config.textContent = (config.textContent ?? "").replace("navigation.instant", "");
}

waitForSearch();
closeTermsOnEscape();
pressWithSpace();
offerShortcuts();
loadFiguresWhenAsked();

addEventListener("DOMContentLoaded", () => {
  onEachPage(() => {
    repairPage();
    offerPrograms();
    offerDownloads();
    loadParts();
    showProgress();
    showShortcutsButton();
  });
});
