// Before anything is painted: says that scripts run, so that nothing moves when the others come. If they do not come,
// the page is shown as it is without scripts.
"use strict";

document.documentElement.classList.add("scripted");
document.addEventListener("DOMContentLoaded", () => {
  if (!document.documentElement.dataset.ready) document.documentElement.classList.remove("scripted");
});
