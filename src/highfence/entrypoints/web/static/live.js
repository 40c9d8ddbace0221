// SPDX-License-Identifier: Apache-2.0
// Adds rows to the live feed as the node pushes them. What comes is only ever set as text, never read as markup.

const box = document.getElementById("live");
const state = document.getElementById("live-state");
const pause = document.getElementById("live-pause");
const news = document.getElementById("live-news");
const table = document.getElementById("feed");
const rows = document.getElementById("feed-rows");
const blank = document.getElementById("feed-row");
const rowsMax = Number(box.dataset.rowsMax);
let waiting = [];
let paused = false;

function show(word, name) {
  state.textContent = word;
  box.dataset.state = name;
}

function find(id) {
  return rows.querySelector(`[data-row="${CSS.escape(id)}"]`);
}

function build(row) {
  const line = blank.content.firstElementChild.cloneNode(true);
  line.dataset.row = row.id;
  for (const part of line.querySelectorAll("*")) {
    const wants = part.dataset;
    if (wants.text !== undefined) part.textContent = row[wants.text];
    if (wants.title !== undefined) part.title = row[wants.title];
    if (wants.datetime !== undefined) part.dateTime = row[wants.datetime];
    if (wants.class !== undefined) part.className = [wants.base ?? "", row[wants.class]].join(" ").trim();
    // A path of this node and nothing else: no scheme can hide in it.
    if (wants.href !== undefined && row[wants.href].startsWith("/")) part.setAttribute("href", row[wants.href]);
    if (wants.replaced !== undefined) part.hidden = !row.replaced;
  }
  return line;
}

function add(fresh) {
  const added = fresh.filter((row) => !find(row.id));
  for (const row of added) {
    const line = build(row);
    line.classList.add("hf-new");
    rows.prepend(line);
  }
  while (rows.children.length > rowsMax) rows.lastElementChild.remove();
  if (added.length === 0) return;
  table.classList.remove("hf-feed--empty");
  document.getElementById("feed-empty").hidden = true;
  news.textContent = added.length === 1 ? "1 new assertion" : `${added.length} new assertions`;
}

function take(row) {
  if (!paused) return add([row]);
  waiting = [...waiting, row].slice(-rowsMax);
  pause.textContent = `Show ${waiting.length} new`;
}

pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? "Resume" : "Pause";
  if (!paused) {
    add(waiting);
    waiting = [];
  }
});

const source = new EventSource(`${box.dataset.source}?after=${encodeURIComponent(box.dataset.after)}`);
source.addEventListener("open", () => show("Live", "live"));
source.addEventListener("row", (event) => take(JSON.parse(event.data)));
source.addEventListener("replaced", (event) => {
  const { id } = JSON.parse(event.data);
  for (const row of waiting) if (row.id === id) row.replaced = true;
  const line = find(id);
  if (line) line.querySelector("[data-replaced]").hidden = false;
});
source.addEventListener("error", () => {
  if (source.readyState === EventSource.CLOSED) show("Stopped: load the page again", "stopped");
  else show("Connecting again", "waiting");
});
box.hidden = false;
