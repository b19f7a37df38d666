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
    for (const part of document.body.children) part.hidden = part !== layer;
    document.documentElement.classList.add("gone");
  };

  const leave = () => {
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
  // for again, so that the server decides what there is to see.
  addEventListener("pagehide", goBlank);
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    goBlank();
    location.reload();
  });
})();
