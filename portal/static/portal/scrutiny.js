// Starts the components of govuk-frontend, among them the error summary, which takes the focus.
// Every page works without this file; polling is done by htmx attributes.
import { initAll } from "../govuk/govuk-frontend.min.js"

document.body.classList.add("js-enabled", "govuk-frontend-supported")
initAll()

// A piece that htmx has put into the page brings its own components.
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) {
    initAll({ scope: event.detail.elt })
  }
})
