// What pages cannot do without a script: light a value and its place together, look again while a claim moves, send files with the form token.
"use strict";

(function light() {
  const pairs = new Map();
  document.querySelectorAll("[data-key]").forEach((element) => {
    const found = pairs.get(element.dataset.key) || [];
    found.push(element);
    pairs.set(element.dataset.key, found);
  });
  function set(event, on) {
    const element = event.target.closest ? event.target.closest("[data-key]") : null;
    if (!element) return;
    (pairs.get(element.dataset.key) || []).forEach((one) => one.classList.toggle("lit", on));
  }
  for (const name of ["mouseover", "focusin"]) document.addEventListener(name, (event) => set(event, true));
  for (const name of ["mouseout", "focusout"]) document.addEventListener(name, (event) => set(event, false));
})();

(function lookAgain() {
  const claim = document.querySelector("[data-moving]");
  if (!claim) return;
  let wait = 1000;
  async function look() {
    if (document.hidden || document.querySelector(".acts details[open]")) return again();
    try {
      const answer = await fetch(claim.dataset.moving, { headers: { accept: "application/json" } });
      if (answer.ok && (await answer.json()).stamp !== claim.dataset.stamp) return location.reload();
    } catch (error) {
      wait = Math.min(wait * 2, 15000);
    }
    return again();
  }
  function again() {
    wait = Math.min(wait * 1.15, 15000);
    setTimeout(look, wait);
  }
  again();
})();

(function send() {
  const box = document.querySelector("[data-upload]");
  if (!box) return;
  const bar = box.querySelector("progress");
  const said = box.querySelector("[role=status]");
  const poor = box.querySelector("[data-poor]");

  // Sends one file, in the place of another where one is named; answers what the first look at it said.
  async function sendOne(file, replaces) {
    const form = new FormData();
    form.append("files", file);
    const place = replaces ? `?replaces=${encodeURIComponent(replaces)}` : "";
    const answer = await fetch(box.dataset.upload + place, { method: "POST", body: form, headers: { "x-form-token": box.dataset.token } });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.detail || String(answer.status));
    return told.uploads[0];
  }

  // A picture that was poor: what to do, and a button to take it again; it is kept all the same.
  function showPoor(name, taken) {
    const item = poor.querySelector("template").content.firstElementChild.cloneNode(true);
    item.querySelector("[data-name]").textContent = name;
    item.querySelector("[data-advice]").textContent = taken.quality.reasons.map((reason) => reason.advice).join(" ");
    const input = item.querySelector("input[type=file]");
    input.dataset.replaces = taken.id;
    input.addEventListener("change", () => sendAll(Array.from(input.files).slice(0, 1), taken.id, item));
    poor.querySelector("ul").append(item);
    poor.hidden = false;
  }

  async function sendAll(files, replaces, instead) {
    if (!files.length) return;
    bar.hidden = false;
    bar.max = files.length;
    try {
      for (const [index, file] of files.entries()) {
        bar.value = index;
        said.textContent = `${box.dataset.sending} ${index + 1} / ${files.length}`;
        const taken = await sendOne(file, replaces);
        if (instead) instead.remove();
        if (taken.quality && !taken.quality.usable) showPoor(file.name, taken);
      }
    } catch (error) {
      said.textContent = error.message;
      bar.hidden = true;
      return;
    }
    bar.value = files.length;
    said.textContent = box.dataset.sent;
    if (poor.querySelector("li")) return;
    location.reload();
  }

  const input = box.querySelector("input#files");
  input.addEventListener("change", () => sendAll(Array.from(input.files)).then(() => { input.value = ""; }));
  poor.querySelector("button").addEventListener("click", () => location.reload());
  document.querySelectorAll("input[data-again]").forEach((again) => {
    again.addEventListener("change", () => sendAll(Array.from(again.files).slice(0, 1), again.dataset.again));
  });
})();
