// What JavaScript adds to the way out (L2, L4). Without it the link works all the same. Nothing here is kept.
(() => {
  "use strict";

  const PRESSES = 3;
  const CLOCK = 5000; // milliseconds, from each press anew
  const link = document.querySelector("a.leave");
  const layer = document.querySelector(".blank");
  const status = document.querySelector(".leave-status");
  if (!link || !layer) return;

  // Not only a layer on top: what lies under it is hidden too, from screen readers and where our style is missing.
  const goBlank = () => {
    for (const part of document.body.children) {
      if (part !== layer && !part.hidden) part.dataset.shown = "";
      part.hidden = part !== layer;
    }
    document.documentElement.classList.add("gone");
  };
  const comeBack = () => {
    for (const part of document.body.children) {
      part.hidden = !("shown" in part.dataset) && part !== layer;
      delete part.dataset.shown;
    }
    document.documentElement.classList.remove("gone");
  };

  let hasLeft = false;
  const leave = () => {
    hasLeft = true;
    goBlank();
    document.dispatchEvent(new Event("leaving")); // what keeps drafts stops: its answer could bring a cookie back
    layer.textContent = layer.dataset.word;
    location.replace(link.href); // not assign: this page does not stay behind Back
  };

  // Tabs of this site that stand open beside this one leave with it. A message, nothing stored.
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("leave") : null;
  if (tabs) tabs.onmessage = leave;
  const leaveEverywhere = () => {
    goBlank();
    if (tabs) tabs.postMessage("");
    leave();
  };

  const onPress = (event) => {
    if (event.type === "auxclick" && event.button !== 1) return;
    event.preventDefault(); // with Ctrl or the middle button too: a new tab would leave this one readable
    leaveEverywhere();
  };
  link.addEventListener("click", onPress);
  link.addEventListener("auxclick", onPress);

  // Shift three times, by itself. Shift as part of something else (a capital, a selection) counts as nothing.
  let pressed = 0;
  let isCombined = false;
  let clock = 0;

  const show = () => {
    if (pressed) link.dataset.pressed = pressed;
    else delete link.dataset.pressed;
    if (status) status.textContent = pressed ? status.dataset[pressed === 1 ? "two" : "one"] : "";
  };
  const forget = () => {
    clearTimeout(clock);
    if (!pressed) return;
    pressed = 0;
    show();
  };
  const combine = () => {
    isCombined = true;
    forget();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") combine();
    else if (event.ctrlKey || event.altKey || event.metaKey) combine();
    else if (!event.repeat) isCombined = false;
  }, true);
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || isCombined || event.ctrlKey || event.altKey || event.metaKey) {
      forget();
      return;
    }
    clearTimeout(clock);
    pressed += 1;
    if (pressed === PRESSES) {
      leaveEverywhere();
      return;
    }
    clock = setTimeout(forget, CLOCK);
    show();
  }, true);
  document.addEventListener("pointerdown", combine, true);

  // A page that the browser kept for Back or Forward: blank when it was put away, blank when it comes back, then asked
  // for again, so that the server decides what there is to see. Where a guest was writing that would lose the words, which
  // nothing else keeps: there the server is first asked whether anybody left or signed in since (common/leaving.py).
  const isStillHere = async () => {
    const form = document.querySelector("form[data-still-here]");
    if (!form || hasLeft) return false;
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    const answer = await fetch(form.dataset.stillHere, { method: "POST", headers, redirect: "manual" });
    return answer.status === 204;
  };
  addEventListener("pagehide", goBlank);
  addEventListener("pageshow", async (event) => {
    if (!event.persisted) return;
    goBlank();
    const stays = await isStillHere().catch(() => false);
    if (stays && !hasLeft) comeBack();
    else location.reload();
  });
})();
