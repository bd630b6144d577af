// What pages do beyond HTML; without it they can still be read and every form still be sent.
"use strict";

// Moments in the reader's zone; the title keeps China's time.
function tellMoments(root) {
  const day = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });
  for (const time of root.querySelectorAll("time[data-moment]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) time.textContent = day.format(at);
  }
}

// A login link carries its token behind the #, which no server's log ever sees.
function followLink() {
  const token = new URLSearchParams(location.hash.slice(1)).get("link");
  const form = document.querySelector("form[data-link]");
  if (!token || !form) return;
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.token.value = token;
  form.requestSubmit();
}

// A link pasted into the address of the login page loads nothing anew.
window.addEventListener("hashchange", followLink);

// What was filled in when a form was sent is kept in this tab until a page of the user comes: where the login
// page comes instead, the session had ended. It is given back to the same user on the same page, and to nobody else.
const DRAFT = "intel-draft";
const here = () => location.pathname + location.search;
const user = () => document.querySelector(".self .name")?.textContent ?? "";
const fields = (form) => [...form.elements].filter(
  (one) => one.name && !["hidden", "password", "submit", "button"].includes(one.type));
const filled = (one) => (["checkbox", "radio"].includes(one.type) ? one.checked : one.value);

function keepDraft(form) {
  if (form.method !== "post" || !user()) return;
  const told = fields(form).map((one) => [one.name, filled(one)]);
  if (told.length) sessionStorage.setItem(DRAFT, JSON.stringify(
    { at: here(), user: user(), action: form.getAttribute("action"), told }));
}

function restoreDraft() {
  const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null");
  if (!draft) return;
  if (!user()) return sessionStorage.setItem(DRAFT, JSON.stringify({ ...draft, late: true }));
  sessionStorage.removeItem(DRAFT);
  if (!draft.late || draft.at !== here() || draft.user !== user()) return;
  const form = document.querySelector(`form[action="${CSS.escape(draft.action)}"]`);
  if (!form) return;
  fields(form).forEach((one, place) => {
    const [name, value] = draft.told[place] ?? [];
    if (name !== one.name) return;
    if (typeof value === "boolean") one.checked = value;
    else one.value = value;
  });
  const hidden = form.closest("details:not([open])");
  if (hidden) hidden.open = true;
  const said = Object.assign(document.createElement("p"), { className: "done" });
  said.textContent = document.getElementById("said").dataset.restored;
  form.before(said);
  announce(said.textContent);
}

// Tells a screen reader what changed.
function announce(text) {
  const said = document.getElementById("said");
  if (said) said.textContent = text;
}

// The item of a queue that keys act on; the first, until another is chosen.
function current() {
  const items = [...document.querySelectorAll("[data-queue] > [data-item]")];
  return items.find((item) => item.contains(document.activeElement)) ?? items[0];
}

function step(by) {
  const items = [...document.querySelectorAll("[data-queue] > [data-item]")];
  const at = items.indexOf(current());
  const next = items[Math.max(0, Math.min(items.length - 1, document.activeElement === document.body ? 0 : at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const writing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && writing(event.target)) {
    (current() ?? document.getElementById("main")).focus();
    return;
  }
  if (writing(event.target)) return;
  if (event.key === "j" || event.key === "k") {
    if (document.querySelector("[data-queue]")) step(event.key === "j" ? 1 : -1);
    return;
  }
  const keyed = `[data-key="${CSS.escape(event.key)}"]`;
  const wanted = current()?.querySelector(keyed) ?? document.querySelector(keyed);
  if (!wanted || wanted.disabled) return;
  event.preventDefault();
  const hidden = wanted.closest("details:not([open])");
  if (hidden) hidden.open = true;
  if (wanted.matches("button, a, summary")) wanted.click();
  wanted.focus();
});

// An analyst writes the reason once for all decisions of a sitting.
document.addEventListener("submit", (event) => {
  const why = event.target.querySelector("input[name=why][data-shared]");
  const shared = document.getElementById("shared-why");
  if (why && shared?.value.trim()) why.value = shared.value;
  keepDraft(event.target);
}, true);

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form && event.target.name) form.requestSubmit();
});

document.addEventListener("htmx:after:swap", (event) => {
  sessionStorage.removeItem(DRAFT);
  tellMoments(document);
  const told = document.querySelector("[data-told]");
  if (told) {
    announce(told.textContent.trim());
    const next = document.querySelector("[data-queue] > [data-item]");
    if (next && document.activeElement === document.body) next.focus();
  }
});

document.addEventListener("DOMContentLoaded", () => {
  tellMoments(document);
  followLink();
  restoreDraft();
  for (const here of document.querySelectorAll("nav.main [aria-current], .tabs [aria-current]"))
    here.scrollIntoView({ block: "nearest", inline: "center" });
  document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
});
