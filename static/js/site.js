/* Only makes things quicker: every page works without it. */
(function () {
  "use strict";

  // Errors first: a reader of the page hears them at once.
  const focus = document.querySelector("[data-focus]");
  if (focus) focus.focus();

  // Facets and sort order answer without a press of the button.
  document.querySelectorAll("form[data-auto-submit]").forEach(function (form) {
    form.querySelectorAll("[data-needless]").forEach((button) => { button.hidden = true; });
    form.addEventListener("change", function (event) {
      if (event.target.matches("input[type=checkbox], input[type=radio], select:not([data-no-submit])")) form.requestSubmit();
    });
  });

  // Addresses say only what was chosen.
  document.querySelectorAll("form[method=get]").forEach(function (form) {
    form.addEventListener("formdata", function (event) {
      Array.from(event.formData.keys()).forEach(function (name) {
        if (event.formData.getAll(name).every((value) => value === "")) event.formData.delete(name);
      });
      const priced = ["price_min", "price_max"].some((name) => event.formData.has(name));
      if (!priced && !(event.formData.get("sort") || "").startsWith("price")) event.formData.delete("currency");
    });
  });

  // The address of this page, for a colleague.
  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.dataset.copy || location.href).then(function () {
        button.querySelector("[data-label]").textContent = button.dataset.copied;
      });
    });
  });
  document.querySelectorAll("button[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // Words typed and not yet sent are not lost by a slip.
  document.querySelectorAll("form[data-dirty]").forEach(function (form) {
    let dirty = false;
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  });

  // A second press sends nothing: the first is on its way. Coming back by the browser's history frees the button.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  // Menus close on Escape and on a press elsewhere.
  const menus = document.querySelectorAll("details.menu");
  document.addEventListener("click", function (event) {
    menus.forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    menus.forEach(function (menu) {
      if (menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
    });
  });

  // Languages of one text as tabs.
  document.querySelectorAll("[data-tabs]").forEach(function (group, number) {
    const panels = Array.from(group.children).filter((child) => child.matches("details"));
    if (panels.length < 2) return;
    const row = document.createElement("div");
    row.className = "tab-row";
    row.setAttribute("role", "tablist");
    row.setAttribute("aria-label", group.getAttribute("aria-label") || "");
    const tabs = panels.map(function (panel, index) {
      const tab = document.createElement("button");
      const body = panel.querySelector("summary + *");
      tab.type = "button";
      tab.id = "tab-" + number + "-" + index;
      tab.setAttribute("role", "tab");
      panel.querySelector("summary").childNodes.forEach((node) => tab.append(node.cloneNode(true)));
      body.id = body.id || tab.id + "-panel";
      body.setAttribute("role", "tabpanel");
      body.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", body.id);
      tab.addEventListener("click", () => show(index));
      tab.addEventListener("keydown", function (event) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = (index + step + tabs.length) % tabs.length;
        show(next);
        tabs[next].focus();
        event.preventDefault();
      });
      row.append(tab);
      return tab;
    });
    function show(chosen) {
      panels.forEach(function (panel, index) {
        panel.open = index === chosen;
        tabs[index].setAttribute("aria-selected", String(index === chosen));
        tabs[index].tabIndex = index === chosen ? 0 : -1;
      });
    }
    function reveal() {
      const target = location.hash && document.getElementById(location.hash.slice(1));
      const index = target ? panels.findIndex((panel) => panel.contains(target)) : -1;
      if (index >= 0) { show(index); target.focus(); }
    }
    group.prepend(row);
    group.classList.add("tabs-on");
    const faulty = panels.findIndex((panel) => panel.querySelector("[aria-invalid]"));
    const open = panels.findIndex((panel) => panel.open);
    show(faulty >= 0 ? faulty : Math.max(open, 0));
    window.addEventListener("hashchange", reveal);
    reveal();
  });
})();
