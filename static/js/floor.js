/* The live board renews itself; cards tapped without network wait on the phone. Both work without this as plain pages. */
(function () {
  "use strict";
  // Live board: asked every ten seconds, answered by 304 while nothing changed.
  document.querySelectorAll("[data-poll]").forEach(function (part) {
    let tag = "";
    function ask() {
      if (document.hidden) return;
      fetch(part.dataset.poll, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" }).then(function (answer) {
        if (answer.status !== 200) return null;
        tag = answer.headers.get("ETag") || "";
        return answer.text().then(function (text) {
          const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-poll]");
          if (fresh) part.replaceChildren.apply(part, Array.from(fresh.childNodes));
        });
      }).catch(() => null);
    }
    setInterval(ask, 10000);
  });

  // Cards. Each waits with an opaque id of whose card it offers, and is sent in nobody else's name.
  const KEY = "cards-waiting", OWNER = "cards-of";
  const says = document.querySelector("[data-card-says]");
  const mine = document.querySelector("[data-card-mine]");
  function waiting() { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch (error) { return []; } }
  function keep(list) { localStorage.setItem(KEY, JSON.stringify(list)); }
  function drop(one) { keep(waiting().filter((other) => other.fields.submission_id !== one.fields.submission_id)); }
  function say(what) { if (says) says.textContent = says.dataset[what]; }
  const shown = document.querySelector("[data-card-of]");
  if (shown) localStorage.setItem(OWNER, shown.dataset.cardOf);
  // "sent", "other" (the phone offers another's card now), "unknown" (nobody knows whose it was) or "later".
  function send(one) {
    // A fresh page gives the token of the form; the submission's own number keeps it from being stored twice.
    return fetch(one.path, { cache: "no-store" }).then(function (answer) {
      if (!answer.ok) return answer.status === 404 ? "sent" : "later";
      return answer.text().then(function (text) {
        const form = new DOMParser().parseFromString(text, "text/html").querySelector("form[data-card]");
        const token = form && form.querySelector("[name=csrf_token]");
        if (!token) return "later";
        if (!one.of) return "unknown";
        if (one.of !== form.dataset.cardOf) return "other";
        const body = new URLSearchParams(one.fields);
        body.set("csrf_token", token.value);
        return fetch(one.path, { method: "POST", body: body }).then((reply) => reply.ok ? "sent" : "later");
      });
    }).catch(() => "later");
  }
  function flush() {
    if (navigator.onLine === false) return;
    const seen = {};
    waiting().reduce((before, one) => before.then(() => send(one)).then(function (state) {
      seen[state] = true;
      if (state === "sent") drop(one);
    }), Promise.resolve()).then(function () {
      if (seen.sent) say("sent");
      if (seen.other) say("other");
      if (seen.unknown) say("unknown");
      if (mine) mine.hidden = !seen.unknown;
    });
  }
  if (mine) mine.addEventListener("click", function () {
    keep(waiting().map((one) => one.of ? one : Object.assign(one, { of: localStorage.getItem(OWNER) || "" })));
    mine.hidden = true;
    flush();
  });
  document.querySelectorAll("form[data-card]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      event.stopPropagation();
      const fields = {};
      new FormData(form, event.submitter).forEach((value, name) => { if (name !== "csrf_token") fields[name] = value; });
      if (!fields.submission_id) fields.submission_id = self.crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random();
      const one = { path: location.pathname, fields: fields, of: form.dataset.cardOf || localStorage.getItem(OWNER) || "" };
      keep(waiting().concat([one]));
      send(one).then(function (state) {
        if (state === "sent") { drop(one); location.reload(); } else say(state === "later" ? "waits" : state);
      });
    });
  });
  window.addEventListener("online", flush);
  flush();
  if (navigator.serviceWorker && document.querySelector("form[data-card], .badge-qr")) {
    navigator.serviceWorker.register("/b/worker.js", { scope: "/b/" }).catch(() => null);
  }
})();
