// Small help for the screens; everything works without it, only slower.
(() => {
  const trouble = () => document.getElementById("trouble");
  let failed = null;

  const show = (element) => {
    failed = element;
    const box = trouble();
    const retry = document.createElement("button");
    retry.type = "button";
    retry.textContent = box.dataset.retry;
    retry.addEventListener("click", () => location.reload());
    box.replaceChildren(box.dataset.text, " ", retry);
    box.hidden = false;
  };

  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => show(event.target));
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    event.detail.target?.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    event.detail.target?.removeAttribute("aria-busy");
    if (event.detail.successful && failed) trouble().hidden = true;
  });

  // What had the focus may be gone with a swap: its like takes it over, else the part that is new, never the body.
  let held = null;
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    const focused = document.activeElement;
    held = target.contains(focused) ? { part: target.id, href: focused.getAttribute("href") } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const part = held && document.activeElement === document.body && document.getElementById(held.part);
    if (!part) return;
    const like = held.href && part.querySelector(`a[href="${CSS.escape(held.href)}"]`);
    if (!like) part.tabIndex = -1;
    (like || part).focus({ preventScroll: true });
  });

  // A draft that cannot be kept since the sign-in is over stays on the screen; whoever signs in in another window has a
  // new token for forms, which this one takes over.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = event.target.closest("[data-draft]");
    if (!form || event.detail.xhr.status !== 401) return;
    event.preventDefault();
    const link = document.createElement("a");
    Object.assign(link, { href: form.dataset.draft, target: "_blank", textContent: event.target.dataset.signIn });
    event.target.replaceChildren(event.target.dataset.signedOut, " ", link);
  });
  const token = (form) => {
    const found = document.cookie.match(/(?:^|; )csrftoken=(\w+)/);
    if (found) form.elements.csrfmiddlewaretoken.value = found[1];
  };
  document.addEventListener("input", (event) => event.target.closest("[data-draft]") && token(event.target.form));
  document.addEventListener("submit", (event) => event.target.matches("[data-draft]") && token(event.target), true);

  // A menu closes on Escape, on a click elsewhere, and when the focus leaves it.
  const close = (menu) => menu.removeAttribute("open");
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) close(menu);
    }
  });
  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest("details.menu[open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.activeElement.closest("details.menu[open]");
    if (menu) {
      close(menu);
      menu.querySelector("summary").focus();
    }
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      const search = document.querySelector(".main input[type=search]") || document.getElementById("find");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    }
  });

  // Fields marked so send their form as soon as they change, where htmx does not do it.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
    // One tick above a table for all of its rows.
    if (event.target.matches("[data-tick-all]")) {
      for (const box of event.target.closest("table").querySelectorAll("td [type=checkbox]:enabled")) {
        box.checked = event.target.checked;
      }
    }
  });

  // A ticket scanned at the door marks its bearer without a second tap.
  document.addEventListener("DOMContentLoaded", () => document.querySelector("[data-send-at-once]")?.requestSubmit());
})();
