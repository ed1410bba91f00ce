// What all pages share. Every page works without it; with it they are nicer.
"use strict";

(() => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx?.request ?? event.detail;
    request.headers ??= {};
    request.headers["X-CSRFToken"] = token;
  });

  document.documentElement.dataset.ready = "yes"; // see first.js

  // On a narrow page the navigation is folded away behind a button.
  const button = document.querySelector(".menu-button");
  const navigation = document.getElementById("navigation");
  if (button && navigation) {
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      navigation.classList.toggle("open", open);
      if (open) navigation.querySelector("a")?.focus();
    });
    navigation.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") button.click(), button.focus();
    });
  }

  // A form with one choice sends itself when the choice is made; its button is for whoever has no scripts.
  for (const form of document.querySelectorAll("form[data-sends-itself]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }

  // Who writes into one of several ways to say something has chosen it.
  for (const part of document.querySelectorAll("[data-marks]")) {
    part.addEventListener("input", () => {
      const choice = part.parentElement.querySelector(`input[type=radio][value="${part.dataset.marks}"]`);
      if (choice) choice.checked = true;
    });
  }

  // What cannot be taken back asks once more.
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.asks ?? event.target.dataset?.asks;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // What went wrong is said first.
  document.querySelector("[aria-invalid=true]")?.focus();
})();
