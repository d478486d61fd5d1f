/* Keeps one page on the phone, for badges scanned where there is no network. */
"use strict";
const NAME = "badges-1";
const KEPT = ["/b/offline", "/static/js/floor.js", "/static/css/floor.css", "/static/css/site.css", "/static/vendor/bootstrap/bootstrap.min.css", "/static/img/mark.svg"];
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => caches.match("/b/offline")));
  else event.respondWith(fetch(event.request).catch(() => caches.match(event.request, { ignoreSearch: true })));
});
