"use strict";
// The page of phones: asks what is on them, shows it, and presses their buttons. The server holds all state.

const LOOK_EVERY_MS = 500;
const LINES = { idle: "", ringing: "Ringing", "in call": "On the line", waiting: "Waiting to be joined", "in conference": "Talking together" };
const home = document.getElementById("phones");
const away = document.getElementById("away");
const announcer = document.getElementById("announcer");
const seen = new Map();
let looking = null;

async function post(path, data) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(data),
  });
  look();
  return answer;
}

function press(number, button, value = "") {
  return post(`/phones/${encodeURIComponent(number)}/${button}`, { value }).catch(gone);
}

function gone() {
  away.hidden = false;
}

function say(words) {
  announcer.textContent = words;
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function make(phone) {
  const card = document.getElementById("phone").content.cloneNode(true).firstElementChild;
  const find = (selector) => card.querySelector(selector);
  const id = `phone-${phone.number.slice(1)}`;
  card.dataset.number = phone.number;
  find("h2").textContent = phone.label;
  find("h2").id = id;
  card.setAttribute("aria-labelledby", id);
  find(".number").textContent = phone.number;
  find(".texts").setAttribute("aria-label", `Texts on ${phone.label}'s phone`);
  find(".call").setAttribute("aria-label", `What is said on ${phone.label}'s phone`);
  find(".voicemail").setAttribute("aria-label", `On ${phone.label}'s voicemail`);
  find(".call").setAttribute("role", "log");
  find(".call").setAttribute("aria-live", "off");

  on_submit(find(".write"), `Text from ${phone.label}`, (words) => press(phone.number, "send", words));
  on_submit(find(".speak"), `What ${phone.label} says`, (words) => press(phone.number, "speak", words));

  const pad = find(".keypad");
  for (const key of "123456789*0#") {
    const button = element("button", key, "key");
    button.type = "button";
    button.addEventListener("click", () => key_pressed(phone.number, key));
    pad.append(button);
  }
  find(".green").addEventListener("click", () => {
    const line = seen.get(phone.number).line;
    if (line === "idle") press(phone.number, "dial");
    if (line === "ringing") press(phone.number, "answer");
  });
  find(".red").addEventListener("click", () => {
    if (seen.get(phone.number).line !== "idle") press(phone.number, "hang_up");
  });
  card.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select") || event.ctrlKey || event.metaKey || event.altKey;
    if (!typing && /^[0-9*#]$/.test(event.key)) key_pressed(phone.number, event.key);
  });
  // What is said is read out on the phone that one is at, and on no other.
  card.addEventListener("focusin", () => find(".call").setAttribute("aria-live", "polite"));
  card.addEventListener("focusout", () => find(".call").setAttribute("aria-live", "off"));

  const habit = find("select");
  habit.id = `${id}-habit`;
  find(".habit label").htmlFor = habit.id;
  habit.addEventListener("change", () => press(phone.number, "habit", habit.value));
  home.append(card);
  return card;
}

function on_submit(form, label, act) {
  const input = form.querySelector("input");
  input.setAttribute("aria-label", label);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) act(input.value);
    input.value = "";
  });
}

async function key_pressed(number, key) {
  const line = seen.get(number).line;
  if (line === "ringing") await press(number, "answer"); // a key picks up, and counts
  if (line !== "idle") await press(number, "keys", key);
}

function show(phone) {
  const before = seen.get(phone.number);
  if (before && JSON.stringify(before) === JSON.stringify(phone)) return;
  seen.set(phone.number, phone);
  const card = home.querySelector(`[data-number="${phone.number}"]`) || make(phone);
  show_line(card, phone);
  show_call(card, phone);
  show_voicemail(card, phone);
  show_texts(card, phone, before);
  const habit = card.querySelector("select");
  if (habit !== document.activeElement) habit.value = phone.habit;
  if (before) announce(phone, before);
}

function show_line(card, phone) {
  const idle = phone.line === "idle";
  const ringing = phone.line === "ringing";
  card.classList.toggle("ringing", ringing);
  card.classList.toggle("talking", !idle && !ringing);
  const from = ringing ? `: ${phone.caller_id}` : "";
  card.querySelector(".speak").hidden = phone.line !== "in call";
  card.querySelector(".words").textContent = idle ? idle_words(phone) : LINES[phone.line] + from;
  const green = card.querySelector(".green");
  const red = card.querySelector(".red");
  green.textContent = ringing ? "Answer" : "Call";
  green.setAttribute("aria-disabled", String(!idle && !ringing));
  red.textContent = ringing ? "Decline" : "Hang up";
  red.setAttribute("aria-disabled", String(idle));
}

function idle_words(phone) {
  return { off: "Switched off", unreachable: "No signal", busy: "Busy with another call" }[phone.habit] || "Ready";
}

function show_call(card, phone) {
  const call = card.querySelector(".call");
  const said = phone.heard;
  call.hidden = said.length === 0;
  const first = phone.heard_before;
  const shown = [...call.querySelectorAll("[data-place]")].map((each) => Number(each.dataset.place));
  const fresh = first + said.length < (shown.at(-1) ?? -1) + 1 || shown.length === 0;
  if (fresh) call.replaceChildren(element("p", "", "title"));
  call.firstElementChild.textContent = phone.line === "idle" ? "Said on the last call" : "Said on the call";
  said.forEach((words, at) => {
    const place = first + at;
    const known = call.querySelector(`[data-place="${place}"]`);
    if (known && known.textContent === words) return;
    if (known) known.textContent = words;
    else {
      const line = element("p", words);
      line.dataset.place = String(place);
      call.append(line);
    }
  });
  call.scrollTop = call.scrollHeight;
}

function show_voicemail(card, phone) {
  const box = card.querySelector(".voicemail");
  box.hidden = phone.recorded.length === 0;
  const title = element("p", "On the voicemail", "title");
  box.replaceChildren(title, ...phone.recorded.map((words) => element("p", words)));
}

function show_texts(card, phone, before) {
  const count = phone.texts_before + phone.texts.length;
  if (before && count === before.texts_before + before.texts.length) return;
  const list = card.querySelector(".texts");
  if (phone.texts.length === 0) {
    list.replaceChildren(element("li", "No texts yet", "nothing"));
    return;
  }
  list.replaceChildren(...phone.texts.map(bubble));
  list.scrollTop = list.scrollHeight;
}

function bubble(text) {
  const item = element("li", text.body, text.mine ? "mine" : "");
  const at = new Date(text.at);
  const time = element("time", at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = text.at;
  item.append(time);
  return item;
}

function announce(phone, before) {
  const came = phone.texts_before + phone.texts.length > before.texts_before + before.texts.length;
  const newest = phone.texts.at(-1);
  if (phone.line === "ringing" && before.line !== "ringing") say(`${phone.label}'s phone rings.`);
  else if (came && newest && !newest.mine) say(`A text on ${phone.label}'s phone: ${newest.body}`);
}

async function look() {
  clearTimeout(looking);
  try {
    const answer = await fetch("/phones.json");
    for (const phone of await answer.json()) show(phone);
    away.hidden = true;
  } catch {
    gone();
  }
  clearTimeout(looking);
  looking = setTimeout(look, LOOK_EVERY_MS);
}

document.getElementById("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const number = document.getElementById("add-number");
  const label = document.getElementById("add-label");
  const answer = document.getElementById("add-answer");
  try {
    const done = await post("/phones", { number: number.value, label: label.value });
    if (done.ok) {
      answer.textContent = `${label.value || number.value} is there.`;
      number.value = label.value = "";
    } else {
      answer.textContent = await done.text();
      number.focus();
    }
  } catch {
    gone();
  }
});

look();
