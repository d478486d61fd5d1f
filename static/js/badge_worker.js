/* Keeps one page on the phone, for badges scanned where there is no network. */
"use strict";
const NAME = "badges-2"; // a new number where what is kept changed
const KEPT = ["/b/offline", "/static/js/floor.js", "/static/css/floor.css", "/static/css/site.css", "/static/vendor/bootstrap/bootstrap.min.css", "/static/img/mark.svg"];
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) =>
  Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)))).then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => caches.match("/b/offline")));
  else event.respondWith(fetch(event.request).catch(() => caches.match(event.request, { ignoreSearch: true })));
});
