// The button that prints: without scripts the browser's own menu does it.
for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Whoever gives a day wants their own dates; whoever chooses another period wants those no longer.
const period = document.querySelector("#period");
const days = document.querySelectorAll(".own input");
for (const day of days) day.addEventListener("input", () => { period.value = "own"; });
period.addEventListener("change", () => {
  if (period.value !== "own") for (const day of days) day.value = "";
});
