// A button puts a value where the caret stands. Without scripts it is typed; "Look" is for whoever has none.
"use strict";

(() => {
  const text = document.getElementById("text");
  document.documentElement.classList.add("scripted");
  if (!text) return;
  text.setSelectionRange(text.value.length, text.value.length);
  for (const button of document.querySelectorAll("[data-insert]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
      text.focus();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
})();
