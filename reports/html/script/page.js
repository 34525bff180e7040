// Helpers, the switch of colours, and printing.
const root = document.documentElement;
root.classList.add("js");

function byId(id) { return document.getElementById(id); }

// make creates an element with a text; what a unit said is never markup.
function make(name, text, className) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  return e;
}

const theme = byId("theme");

function isDark() {
  const set = root.dataset.theme;
  return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function sayTheme() { theme.textContent = isDark() ? "Light" : "Dark"; }

theme.hidden = false;
theme.addEventListener("click", function () {
  const wanted = isDark() ? "light" : "dark";
  delete root.dataset.theme;
  if (isDark() !== (wanted === "dark")) root.dataset.theme = wanted;
  sayTheme();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", sayTheme);
sayTheme();

// Each spec prints its verdict, reasons and measurements; what a reader opened, or what did not pass, prints in full.
let closed = [];
window.addEventListener("beforeprint", function () {
  closed = Array.from(document.querySelectorAll("details:not([open])"));
  for (const d of closed) {
    if (d.classList.contains("spec") && d.dataset.verdict === "passed") d.classList.add("brief");
    if (!d.classList.contains("events")) d.open = true;
  }
});
window.addEventListener("afterprint", function () {
  for (const d of closed) {
    d.open = false;
    d.classList.remove("brief");
  }
});
