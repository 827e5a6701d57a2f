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
  const input = box.querySelector("input[type=file]");
  const bar = box.querySelector("progress");
  const said = box.querySelector("[role=status]");
  input.addEventListener("change", async () => {
    const files = Array.from(input.files);
    bar.hidden = false;
    bar.max = files.length;
    for (const [index, file] of files.entries()) {
      bar.value = index;
      said.textContent = `${box.dataset.sending} ${index + 1} / ${files.length}`;
      const form = new FormData();
      form.append("files", file);
      const answer = await fetch(box.dataset.upload, { method: "POST", body: form, headers: { "x-form-token": box.dataset.token } });
      if (!answer.ok) {
        const problem = await answer.json().catch(() => ({}));
        said.textContent = problem.detail || String(answer.status);
        bar.hidden = true;
        input.value = "";
        return;
      }
    }
    bar.value = files.length;
    said.textContent = box.dataset.sent;
    location.reload();
  });
})();
