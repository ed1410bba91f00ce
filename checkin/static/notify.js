// For phones on which only a service worker may show a notification; touched, it brings Today to the front.
"use strict";

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => {
      return pages.length ? pages[0].focus() : self.clients.openWindow("/");
    }),
  );
});
