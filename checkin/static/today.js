// Today without reloading: a stream of events, or a question every few seconds where there is none. Without this file
// the page still shows everything; it is then loaded by hand.
"use strict";

(() => {
  const bar = document.querySelector("[data-live]");
  if (!bar) return;
  const POLL = 5000; // ms between two questions, where there is no stream
  const SILENT = 20000; // ms without a word from the stream, after which it counts as lost (it beats every 5 s)
  const PATIENT = 6000; // ms that a stream may take to come back before anybody is told: each ends after a minute
  const said = bar.querySelector("[data-said]");
  const connection = bar.querySelector(".connection");
  const soundButton = bar.querySelector("[data-sound]");
  const notifyButton = bar.querySelector("[data-notify]");
  let mark = bar.dataset.mark;
  let stream = null;
  let polling = null;
  let heard = Date.now();
  let lost = false;
  let loading = false;
  let again = false;
  let swapped = false;
  document.addEventListener("htmx:after:swap", () => {
    swapped = true;
    showNewest();
  });

  // What has happened is read from its end, unless somebody has gone back in it.
  const wentBack = new WeakSet();
  function showNewest() {
    for (const list of document.querySelectorAll("ol.timeline")) {
      if (wentBack.has(list)) continue;
      list.scrollTop = list.scrollHeight;
      list.onscroll ??= () => {
        const behind = list.scrollHeight - list.clientHeight - list.scrollTop;
        if (behind > 40) wentBack.add(list);
        else wentBack.delete(list);
      };
    }
  }
  showNewest();

  // What a coordinator opened stays open, though what comes from the server is closed.
  if (!htmx.config.morphIgnore.includes("open")) htmx.config.morphIgnore.push("open");

  // --- what is new -------------------------------------------------------------------------------------------------

  const crises = () => new Set([...document.querySelectorAll("[data-crisis]")].map((card) => card.dataset.case));
  let known = crises();

  async function load() {
    if (loading) {
      again = true;
      return;
    }
    loading = true;
    swapped = false;
    try {
      await htmx.ajax("GET", bar.dataset.part, { target: "#live-part", swap: "innerMorph" });
      if (!swapped) mark = "none"; // it did not come: the next word loads it again
      const now = crises();
      if ([...now].some((number) => !known.has(number))) alarm();
      known = now;
      tick();
    } finally {
      loading = false;
      if (again) {
        again = false;
        load();
      }
    }
  }

  function came(word) {
    heard = Date.now();
    well();
    if (word === mark) return;
    const first = mark === "";
    mark = word;
    if (!first) load();
  }

  // --- the connection ----------------------------------------------------------------------------------------------

  function well() {
    if (!lost) return;
    lost = false;
    connection.hidden = true;
    document.body.classList.remove("lost");
    said.textContent = bar.dataset.back;
    load();
  }

  function ill() {
    if (lost) return;
    lost = true;
    connection.textContent = bar.dataset.lost;
    connection.hidden = false;
    document.body.classList.add("lost");
    said.textContent = "";
  }

  function listen() {
    stream = new EventSource("/today/stream");
    for (const kind of ["mark", "beat"]) {
      stream.addEventListener(kind, (event) => {
        quiet();
        came(event.data);
      });
    }
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) ask(); // refused: all places are taken, or signed out
    });
  }

  function ask() {
    if (polling) return;
    polling = setInterval(question, POLL);
    question();
  }

  function quiet() {
    clearInterval(polling);
    polling = null;
  }

  async function question() {
    try {
      const answer = await fetch("/today/mark", { headers: { "HX-Request": "true" } });
      if (answer.status === 401) return void location.reload(); // signed out
      if (answer.ok) came(await answer.text());
    } catch {
      // No answer: the watch below says so when it goes on.
    }
  }

  setInterval(() => {
    const silent = Date.now() - heard;
    const broken = stream.readyState !== EventSource.OPEN && silent > PATIENT + (polling ? POLL : 0);
    if (broken || silent > SILENT) ill();
    if (silent > SILENT && stream.readyState === EventSource.OPEN) {
      stream.close();
      listen();
    }
    if (polling && Math.random() < 0.03) {
      stream.close();
      listen(); // perhaps there is a place now
    }
  }, 1000);

  // --- clocks ------------------------------------------------------------------------------------------------------

  function span(seconds) {
    const two = (figure) => String(figure).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const days = Math.floor(hours / 24);
    const clock = `${Math.floor(seconds / 60) % 60}:${two(seconds % 60)}`;
    if (!hours) return clock;
    const whole = `${hours % 24}:${clock.padStart(5, "0")}`;
    return days ? `${days} d ${whole}` : whole;
  }

  const apart = Date.now() - Date.parse(bar.dataset.now); // this phone's clock may be wrong
  function tick() {
    for (const clock of document.querySelectorAll("[data-since]")) {
      const seconds = Math.floor((Date.now() - apart - Date.parse(clock.dataset.since)) / 1000);
      clock.textContent = span(Math.max(seconds, 0));
    }
    for (const clock of document.querySelectorAll("[data-until]")) {
      const seconds = Math.ceil((Date.parse(clock.dataset.until) - Date.now() + apart) / 1000);
      clock.textContent = span(Math.max(seconds, 0));
    }
  }
  setInterval(tick, 1000);

  // --- sound and notifications -------------------------------------------------------------------------------------

  let context = null;
  const muted = () => localStorage.getItem("checkin-muted") === "yes";

  function sounds() {
    context ??= new AudioContext();
    return context;
  }

  function label() {
    const blocked = !muted() && context?.state === "suspended";
    soundButton.setAttribute("aria-pressed", String(!muted()));
    const words = muted() ? bar.dataset.soundOff : blocked ? bar.dataset.soundBlocked : bar.dataset.soundOn;
    soundButton.textContent = words;
  }

  function ring() {
    const play = sounds();
    [0, 0.25, 0.5].forEach((at, nth) => {
      const tone = play.createOscillator();
      const volume = play.createGain();
      tone.frequency.value = [660, 880, 660][nth];
      volume.gain.setValueAtTime(0.0001, play.currentTime + at);
      volume.gain.exponentialRampToValueAtTime(0.4, play.currentTime + at + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, play.currentTime + at + 0.22);
      tone.connect(volume).connect(play.destination);
      tone.start(play.currentTime + at);
      tone.stop(play.currentTime + at + 0.25);
    });
    document.body.dataset.rang = String(Number(document.body.dataset.rang ?? 0) + 1);
  }

  function alarm() {
    said.textContent = bar.dataset.crisisTitle;
    if (!muted()) ring();
    label();
    if ("Notification" in window && Notification.permission === "granted") notify();
  }

  async function notify() {
    const words = { body: bar.dataset.crisisBody, tag: "crisis" };
    try {
      const shown = new Notification(bar.dataset.crisisTitle, words);
      shown.onclick = () => window.focus();
    } catch {
      const worker = await notifier(); // Android lets nothing else show one
      await worker?.showNotification(bar.dataset.crisisTitle, words);
    }
  }

  async function notifier() {
    const found = await navigator.serviceWorker?.register(bar.dataset.notifier);
    const coming = found?.installing ?? found?.waiting;
    if (found && !found.active && coming) {
      await new Promise((come) => coming.addEventListener("statechange", () => coming.state === "activated" && come()));
    }
    return found;
  }

  soundButton.addEventListener("click", () => {
    const blocked = !muted() && context?.state === "suspended";
    if (!blocked) localStorage.setItem("checkin-muted", muted() ? "no" : "yes");
    if (!muted()) sounds().resume().then(label);
    label();
  });

  if ("Notification" in window && Notification.permission === "default") {
    notifyButton.hidden = false;
    notifyButton.addEventListener("click", async () => {
      await Notification.requestPermission();
      notifyButton.hidden = Notification.permission !== "default";
    });
  }

  sounds();
  label();
  context.addEventListener("statechange", label);
  bar.querySelector("[data-tools]").classList.remove("needs-script");
  listen();
  tick();
  addEventListener("pagehide", () => stream.close());
})();
