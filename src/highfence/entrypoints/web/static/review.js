// SPDX-License-Identifier: Apache-2.0
// Keys for the review queue. Everything they do can be done without them.
const form = document.getElementById("judge");
const reason = document.getElementById("reason");
const next = document.getElementById("next");

document.addEventListener("keydown", (event) => {
  if (event.target === reason) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Escape") {
      reason.blur();
    }
    return;
  }
  // A key with another held down is the browser's own, and one typed into a field is text.
  const typing = event.target instanceof HTMLElement && event.target.matches("input[type=text], select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const choice = form.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
  if (choice) {
    choice.checked = true;
    reason.focus();
  } else if (event.key === "w") {
    reason.focus();
  } else if (event.key === "n") {
    next.click();
  } else {
    return;
  }
  event.preventDefault();
});
