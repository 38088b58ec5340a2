// Everything works without script; these modules spare page loads and mouse ways.

import { begin } from "./cases.js";
import { listen as listenToKeys } from "./keys.js";
import { listen as listenToPanels } from "./panels.js";
import { listen as listenToEditor } from "./editor.js";
import { listen as listenToFilters } from "./filters.js";
import { settle } from "./page.js";

listenToKeys();
listenToPanels();
listenToEditor();
listenToFilters();
begin();
settle();

const LOOK_AGAIN_MS = 1500;
if (document.querySelector("[data-look-again]")) setTimeout(() => location.reload(), LOOK_AGAIN_MS);
