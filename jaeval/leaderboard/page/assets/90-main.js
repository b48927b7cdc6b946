// Puts the page together: the address gives the state, the state gives what is shown.

function systemTheme() {
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function renderFrame(now, before, force) {
  document.documentElement.dataset.theme = state.theme || systemTheme();
  byId("theme").setAttribute("aria-pressed", String(document.documentElement.dataset.theme === "dark"));
  const wanted = state.lang || (/^ja\b/.test(navigator.language || "ja") ? "ja" : "en");
  if (force || wanted !== language) {
    applyLanguage(wanted);
    byId("legend").textContent = say("legend");
  }
  document.documentElement.dataset.shown = state.v;
  document.querySelectorAll("[data-view]").forEach((view) => { view.hidden = view.dataset.view !== state.v; });
  document.querySelectorAll("[data-tab]").forEach((tab) => {
    if (tab.dataset.tab === state.v) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  });
  if (!force && changed(before, "v")) {
    announce(say(`view.${state.v}`));
    if (window.scrollY > document.querySelector(".tabs").offsetTop) document.querySelector(".tabs").scrollIntoView();
  }
}

function start() {
  document.querySelectorAll("[data-needs-script]").forEach((node) => { node.hidden = false; });
  state = readAddress(location.hash);
  follow(renderFrame);
  follow(renderChoosers);
  follow(renderTable);
  follow((now, before) => { if (changed(before, "lang")) renderTray(); });
  follow(renderTasks);
  follow(renderCompare);
  follow(renderDrawer);
  follow(renderReader);
  document.querySelectorAll("[data-language]").forEach((node) => node.addEventListener("click", () => go({ lang: node.dataset.language }, true)));
  byId("theme").addEventListener("click", () => go({ theme: document.documentElement.dataset.theme === "dark" ? "light" : "dark" }, true));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => move(state));
  window.matchMedia("(max-width: 640px)").addEventListener("change", () => renderTable(state, state, true));
  window.addEventListener("resize", fitTable);
  followLinks();
  startTips();
  startChoosers();
  startDialogs();
  startPrint();
  followers.forEach((follower) => follower(state, STATE, true));
  document.documentElement.dataset.ready = "yes";
}

start();
