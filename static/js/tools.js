// The search box, the menu of files and wide tables; all of them work without it.
(() => {
  // Suggestions under the search box: arrows walk through them, Escape and leaving close them.
  const suggestions = (target) => target.closest?.(".find")?.querySelector(".find-list");
  document.addEventListener("keydown", (event) => {
    const list = suggestions(event.target);
    if (!list || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
    const box = document.getElementById("find");
    if (event.key === "Escape") {
      list.replaceChildren();
      box.focus();
      return;
    }
    event.preventDefault();
    const stops = [box, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[Math.min(Math.max(at, 0), stops.length - 1)].focus();
  });
  document.addEventListener("focusout", (event) => {
    const list = suggestions(event.target);
    if (list && event.relatedTarget && !event.relatedTarget.closest(".find")) list.replaceChildren();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".find")) document.getElementById("suggestions")?.replaceChildren();
  });

  // In a table wider than the window what comes into focus moves out from under the first column, which stays in place.
  document.addEventListener("focusin", ({ target }) => {
    const box = target.closest(".table-box");
    const first = target.closest("tr")?.querySelector(".first");
    if (!box || !first || first.contains(target)) return;
    const seen = target.getBoundingClientRect();
    const left = first.getBoundingClientRect().right;
    const right = box.getBoundingClientRect().left + box.clientWidth;
    if (seen.left < left) box.scrollLeft -= left - seen.left + 8;
    else if (seen.right > right) box.scrollLeft += Math.min(seen.right - right + 8, seen.left - left);
  });

  // Files and saved views follow the filter that htmx has put into the address.
  document.addEventListener("htmx:pushedIntoHistory", () => {
    const present = new URLSearchParams(location.search);
    for (const name of ["page", "table", "subject", "paused"]) present.delete(name);
    for (const link of document.querySelectorAll("a[data-query]")) {
      const address = new URL(link.href);
      const fixed = address.searchParams;
      if (link.dataset.query) {
        fixed.set(link.dataset.query, present);
      } else {
        const kept = ["table", "subject"].filter((name) => fixed.has(name)).map((name) => [name, fixed.get(name)]);
        address.search = new URLSearchParams([...present, ...kept]);
      }
      link.href = address;
    }
  });
})();
