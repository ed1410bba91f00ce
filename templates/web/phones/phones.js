"use strict";
const home = document.getElementById("phones");
const press = (number, button, value) =>
  fetch(`/phones/${encodeURIComponent(number)}/${button}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ value }),
  }).then(look);

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function button(label, act) {
  const made = element("button", label, { type: "button" });
  made.addEventListener("click", act);
  return made;
}

function make(phone) {
  const card = element("section", "", { class: "phone", "aria-label": phone.label, "data-number": phone.number });
  card.append(element("h2", phone.label), element("p", phone.number, { class: "number" }));
  card.append(element("p", "", { class: "line", role: "status" }));
  card.append(element("ul", "", { class: "texts", tabindex: "0", "aria-label": `Texts of ${phone.label}` }));
  card.append(element("p", "", { class: "heard", "aria-label": "What is said" }));
  const calls = element("div", "", { class: "row" });
  calls.append(
    button("Answer", () => press(phone.number, "answer")),
    button("Hang up", () => press(phone.number, "hang_up")),
    button("Call service", () => press(phone.number, "dial")),
  );
  const habit = element("select", "", { "aria-label": `When ${phone.label} is rung` });
  const habits = { rings: "rings", voicemail: "voicemail answers", busy: "is busy", unreachable: "is off", answers: "picks up" };
  for (const [value, label] of Object.entries(habits)) habit.append(element("option", label, { value }));
  habit.value = phone.habit;
  habit.addEventListener("change", () => press(phone.number, "habit", habit.value));
  calls.append(habit);
  const keys = element("div", "", { class: "keys" });
  for (const key of "123456789*0#") keys.append(button(key, () => press(phone.number, "keys", key)));
  const form = element("form");
  const input = element("input", "", { "aria-label": `Text from ${phone.label}`, placeholder: "Write a text", maxlength: "600" });
  form.append(input, element("button", "Send"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) press(phone.number, "send", input.value);
    input.value = "";
  });
  card.append(calls, keys, form);
  home.append(card);
  return card;
}

function show(phone) {
  const card = home.querySelector(`[data-number="${phone.number}"]`) || make(phone);
  card.classList.toggle("ringing", phone.line === "ringing");
  const line = card.querySelector(".line");
  const words = phone.line === "ringing" ? `Ringing: ${phone.caller_id}` : phone.line;
  if (line.textContent !== words) line.textContent = words;
  const heard = card.querySelector(".heard");
  const said = phone.heard.join(" ");
  if (heard.textContent !== said) heard.textContent = said;
  const texts = card.querySelector(".texts");
  if (texts.dataset.count !== String(phone.texts.length)) {
    texts.replaceChildren(
      ...phone.texts.map((text) => {
        const item = element("li", text.body, text.mine ? { class: "mine" } : {});
        item.append(element("time", text.at));
        return item;
      }),
    );
    texts.dataset.count = String(phone.texts.length);
    texts.scrollTop = texts.scrollHeight;
  }
}

async function look() {
  const answer = await fetch("/phones.json");
  for (const phone of await answer.json()) show(phone);
}

look();
setInterval(look, 700);
