// SPDX-License-Identifier: Apache-2.0
// Shows how far a file is, and loads its page anew when it is in another state. Without scripts the page loads itself.
const box = document.querySelector("[data-progress]");
const bar = document.getElementById("progress");
const words = document.getElementById("progress-words");
const told = document.getElementById("progress-told");
const PAUSE_MS = 1000;
let tenth = 0;

function show(done, total) {
  bar.max = total;
  bar.value = done;
  words.textContent = `${done.toLocaleString("en")} of ${total.toLocaleString("en")} rows`;
  // Those who listen are told each tenth, not each second.
  const now = Math.floor((10 * done) / total);
  if (now > tenth) {
    tenth = now;
    told.textContent = `${now * 10} percent of rows screened`;
  }
}

async function look() {
  try {
    const answer = await fetch(box.dataset.progress, { cache: "no-store" });
    if (!answer.ok || answer.redirected) {
      location.reload();
      return;
    }
    const { state, done, total } = await answer.json();
    if (state !== box.dataset.state) {
      location.reload();
      return;
    }
    if (total > 0) {
      show(done, total);
    }
  } catch {
    words.textContent = "The node does not answer; trying again";
  }
  setTimeout(look, PAUSE_MS);
}

if (box) {
  setTimeout(look, PAUSE_MS);
}
