// SPDX-License-Identifier: Apache-2.0
// Starts the vendored components: the menu on narrow screens, the error summary, showing the access code.
import { initAll } from "./govuk-frontend/6.6.0/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
