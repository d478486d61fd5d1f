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

  // Cards.
  const KEY = "cards-waiting";
  const says = document.querySelector("[data-card-says]");
  function waiting() { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch (error) { return []; } }
  function keep(list) { localStorage.setItem(KEY, JSON.stringify(list)); }
  function send(one) {
    // A fresh page gives the token of the form; the submission's own number keeps it from being stored twice.
    return fetch(one.path, { cache: "no-store" }).then(function (answer) {
      if (!answer.ok) return answer.status === 404;
      return answer.text().then(function (text) {
        const token = new DOMParser().parseFromString(text, "text/html").querySelector("form[data-card] [name=csrf_token]");
        if (!token) return false;
        const body = new URLSearchParams(one.fields);
        body.set("csrf_token", token.value);
        return fetch(one.path, { method: "POST", body: body }).then((reply) => reply.ok);
      });
    });
  }
  function flush() {
    const list = waiting();
    if (!list.length || navigator.onLine === false) return;
    send(list[0]).then(function (done) {
      if (!done) return;
      keep(waiting().filter((one) => one.fields.submission_id !== list[0].fields.submission_id));
      if (says) says.textContent = says.dataset.sent;
      flush();
    }).catch(() => null);
  }
  document.querySelectorAll("form[data-card]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      event.stopPropagation();
      const fields = {};
      new FormData(form, event.submitter).forEach((value, name) => { if (name !== "csrf_token") fields[name] = value; });
      if (!fields.submission_id) fields.submission_id = self.crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random();
      const one = { path: location.pathname, fields: fields };
      keep(waiting().concat([one]));
      send(one).then(function (done) {
        if (!done) throw new Error();
        keep(waiting().filter((other) => other.fields.submission_id !== fields.submission_id));
        location.reload();
      }).catch(function () { if (says) says.textContent = says.dataset.waits; });
    });
  });
  window.addEventListener("online", flush);
  flush();
  if (navigator.serviceWorker && document.querySelector("form[data-card], .badge-qr")) {
    navigator.serviceWorker.register("/b/worker.js", { scope: "/b/" }).catch(() => null);
  }
})();
