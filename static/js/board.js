/* Drag a meeting on the board, by pointer or keys; the form of the meeting's page does the same without this. */
(function () {
  "use strict";
  const board = document.querySelector("[data-board][data-csrf]");
  const says = document.querySelector("[data-says]");
  if (!board || !says || !window.fetch) return;
  const words = says.dataset;
  const byTable = board.dataset.board === "table";
  const heads = Array.from(board.querySelectorAll("thead th[data-place]"));
  const rows = Array.from(board.querySelectorAll("tbody tr"));
  let held = null;   // {link, cell, told, target}
  document.querySelectorAll("[data-needs-script]").forEach((one) => { one.hidden = false; });

  const place = (cell) => { const head = heads[cell.cellIndex - 1]; return head ? head.dataset.place : ""; };
  const slotOf = (cell) => byTable ? cell.parentElement.dataset.slot : place(cell);
  function say(text) { says.textContent = text; }
  function strip(figures) {
    Object.keys(figures).forEach((name) => {
      const field = document.querySelector('[data-figure="' + name + '"]');
      if (field) field.textContent = figures[name];
    });
  }
  function answerFor(cell) {
    if (byTable && place(cell).split(":")[0] !== held.told.zone) return { breaks: ["elsewhere"] };
    return held.told.slots.find((one) => String(one.slot) === slotOf(cell));
  }
  function inReach(cell) { return byTable || cell.parentElement === held.cell.parentElement; }
  function why(answer) { return answer.breaks.map((rule) => held.told.rules[rule] || words.elsewhere).join("; "); }
  function marks(on) {
    rows.forEach((row) => {
      Array.from(row.cells).slice(1).forEach((cell) => {
        cell.classList.remove("may", "may-not", "target");
        if (!on || !inReach(cell)) return;
        const answer = answerFor(cell);
        if (answer) cell.classList.add(answer.breaks.length || (cell.children.length && cell !== held.cell) ? "may-not" : "may");
      });
    });
  }
  function describe(cell) {
    const answer = answerFor(cell);
    const when = byTable ? cell.parentElement.cells[0].textContent : heads[cell.cellIndex - 1].textContent;
    if (!answer) return;
    if (answer.breaks.length) { say(when + ": ✗ " + why(answer)); return; }
    const now = answer.figures;
    say(when + ": ✓ " + words.free + ". " + words.value + " " + now.value + " / " + now.bound + " (" + now.share + " %), " +
      words.lacking + " " + now.lacking + ", " + words.gaps + " " + now.gaps + ".");
  }
  function aim(cell) {
    if (!held || !held.told || !cell || cell.cellIndex < 1 || !inReach(cell) || held.target === cell) return;
    if (held.target) held.target.classList.remove("target");
    held.target = cell;
    cell.classList.add("target");
    describe(cell);
  }
  function take(link) {
    const mine = { link: link, cell: link.closest("td"), told: null, target: null };
    held = mine;
    link.classList.add("held");
    link.setAttribute("aria-pressed", "true");
    say(words.asks);
    return fetch(link.getAttribute("href") + "/check", { headers: { Accept: "application/json" } })
      .then((answer) => { if (!answer.ok) throw new Error(); return answer.json(); })
      .then((told) => { if (held !== mine) return; mine.told = told; marks(true); aim(mine.cell); })
      .catch(() => { if (held === mine) { leave(); say(words.failed); } });
  }
  function leave() {
    if (!held) return;
    marks(false);
    held.link.classList.remove("held");
    held.link.removeAttribute("aria-pressed");
    held = null;
  }
  function drop() {
    const now = held;
    if (!now || !now.told || !now.target || now.target === now.cell) { leave(); say(words.left); return; }
    const answer = answerFor(now.target);
    if (!answer || answer.breaks.length) { const text = answer ? why(answer) : ""; leave(); say(words.left + " " + text); return; }
    const body = new URLSearchParams({ csrf_token: board.dataset.csrf, action: "place", slot: slotOf(now.target), lock_version: board.dataset.version });
    if (byTable) body.set("table", place(now.target).split(":")[1]);
    const target = now.target;
    leave();
    fetch(now.link.getAttribute("href"), { method: "POST", body: body, headers: { Accept: "application/json" } })
      .then((reply) => reply.json().then((told) => ({ ok: reply.ok, told: told })))
      .then((reply) => {
        if (!reply.ok) { say(words.left + " " + (reply.told.errors || []).join(" ")); return; }
        board.dataset.version = reply.told.version;
        strip(reply.told.figures);
        // A meeting placed by hand is pinned; its sign comes with the next look at the page.
        if (byTable && !target.children.length) { target.append.apply(target, Array.from(now.cell.childNodes)); now.link.focus(); say(words.moved); }
        else location.reload();
      })
      .catch(() => say(words.failed));
  }

  board.addEventListener("pointerdown", function (event) {
    const link = event.target.closest("td a");
    if (!link || event.button !== 0 || event.pointerType === "touch" && !event.isPrimary) return;
    const from = [event.clientX, event.clientY];
    let moving = false;
    function move(now) {
      if (!moving && Math.hypot(now.clientX - from[0], now.clientY - from[1]) > 8) { moving = true; leave(); take(link); }
      if (!moving) return;
      now.preventDefault();
      const under = document.elementFromPoint(now.clientX, now.clientY);
      if (under) aim(under.closest(".board td"));
    }
    function up() {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", cancel);
      if (moving) { link.addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true }); drop(); }
    }
    function cancel() { moving = false; leave(); up(); }
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", cancel);
  });
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("keydown", function (event) {
    const link = event.target.closest("td a");
    if (!link) return;
    if (event.key === " ") { event.preventDefault(); if (held) drop(); else take(link); return; }
    if (!held) return;
    if (event.key === "Escape") { event.preventDefault(); leave(); say(words.left); return; }
    if (event.key === "Enter") { event.preventDefault(); drop(); return; }
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!steps || !held.told) return;
    event.preventDefault();
    const at = held.target || held.cell;
    const row = rows[rows.indexOf(at.parentElement) + (byTable ? steps[0] : 0)];
    const cell = row && row.cells[at.cellIndex + steps[1]];
    if (cell) { aim(cell); cell.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  });
})();
