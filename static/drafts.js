// Keeps what somebody writes, on the server, while they write it: after a pause, and when the page is put away. It says
// quietly whether it did. Without it there is a button. Nothing is stored in the browser.
(() => {
  "use strict";

  const PAUSE = 3000; // milliseconds without a key
  const KEEPALIVE = 60000; // bytes that a browser still sends for a page that is gone
  const form = document.querySelector("form[data-draft]");
  if (!form || !window.AbortController) return;
  const status = form.querySelector("[data-kept]");
  const field = (name) => (form.elements[name] ? form.elements[name].value : "");

  let clock = 0;
  let kept = ""; // what the server has
  let sending = null;
  let isOver = false;

  const words = () => JSON.stringify({
    title: field("title"), text: field("text"), speaks_as: field("speaks_as"), category_id: field("category"),
    delay_hours: Number(field("delay_hours")), passage: field("passage"),
    notes: [...form.querySelectorAll("[name=notes]:checked")].map((box) => box.value),
    reply_wish: field("reply_wish"),
    reply_limits: [...form.querySelectorAll("[name=reply_limits]:checked")].map((box) => box.value),
  });
  kept = "unkept" in form.dataset ? "" : words(); // a form that came back holds what nobody has kept

  const say = (what) => { if (status) status.textContent = status.dataset[what]; };

  const keep = () => {
    clearTimeout(clock);
    const body = words();
    if (isOver || sending || body === kept || !(field("text").trim() || field("title").trim())) return;
    const mark = form.elements.draft;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": field("csrfmiddlewaretoken") };
    if (mark.value) headers["If-Match"] = `"${mark.value}"`;
    else headers["If-None-Match"] = "*";
    const stop = sending = new AbortController();
    const keepalive = new Blob([body]).size < KEEPALIVE;
    fetch(form.dataset.draft, { method: "PUT", headers, body, keepalive, signal: stop.signal }).then((answer) => {
      if (answer.ok) {
        kept = body;
        mark.value = answer.headers.get("ETag").replaceAll('"', "");
        say("kept");
      } else say(answer.status === 401 || answer.status === 403 ? "signedOut" : "notKept");
    }).catch(() => { if (!stop.signal.aborted) say("notKept"); }).finally(() => {
      if (sending === stop) sending = null;
      if (!isOver && words() !== body) wait(); // they went on writing meanwhile
    });
  };
  const wait = () => {
    clearTimeout(clock);
    clock = setTimeout(keep, PAUSE);
  };

  // Once they send, keep by hand or leave, nothing may be kept behind their back.
  const end = () => {
    isOver = true;
    clearTimeout(clock);
    if (sending) sending.abort();
  };

  if (!kept) wait();
  form.addEventListener("input", () => {
    if (status) status.textContent = "";
    wait();
  });
  form.addEventListener("submit", end);
  document.addEventListener("leaving", end);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
  addEventListener("pagehide", keep);
})();
