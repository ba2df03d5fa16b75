// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation/main.js: change that, and run the script.
extension PageSources {
  static let main = #"""
// Which page is shown: the address's part behind `#` says it, so that every page can be linked to and works from disk.

const project = readProject(JSON.parse(document.getElementById("data").textContent));
const search = makeSearch(project);
const navigation = makeNavigation(project);
const page = document.getElementById("page");
const side = document.getElementById("side");
const searchField = h("input", { type: "search", id: "search", placeholder: "Search ( / )", "aria-label": "Search", autocomplete: "off", spellcheck: "false" });

/** The page of an address: { content, name, node, wide }. dbt's own addresses (`#!/model/…`) are understood too. */
function route(hash) {
  const dbt = /^#!\/(?:overview\/?(.*)|(?:\w+)\/([^?]+))/.exec(hash);
  const own = dbt ? (dbt[2] ? "node/" + dbt[2] : dbt[1] ? "overview/" + dbt[1] : "") : hash.replace(/^#\/?/, "");
  const [path, query] = own.split("?");
  const place = path.indexOf("/");
  const kind = place < 0 ? path : path.slice(0, place);
  const name = decoded(place < 0 ? "" : path.slice(place + 1));
  const parameters = new URLSearchParams(query || "");
  switch (kind) {
    case "": case "overview": return { content: overviewPage(name), name: name || "Overview" };
    case "node": return nodeRoute(name);
    case "source": return { content: sourceListPage(name), name };
    case "group": return { content: groupListPage(name), name };
    case "list": return { content: listOf(name), name: kindName(name, 2) };
    case "search": return { content: searchResults(name), name: "Search", query: name };
    case "lineage": return { content: lineagePage(parameters), name: "Lineage", isWide: true };
    default: return { content: missingPage(own), name: "Not here" };
  }
}

function nodeRoute(name) {
  const node = project.byID.get(name);
  return node ? { content: nodePage(node), name: title(node), node } : { content: missingPage(name), name: "Not here" };
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

function show() {
  // A link to an element of this page, such as the one that skips the side.
  if (/^#[^/!]/.test(location.hash)) return;
  const { content, name, node, query, isWide } = route(location.hash || "#/");
  document.body.classList.remove("side-open");
  document.body.classList.toggle("wide", Boolean(isWide));
  replace(page, content);
  document.title = `${name} · ${project.project.name}`;
  navigation.reveal(node || null);
  if (query === undefined) searchField.value = "";
  else if (document.activeElement !== searchField) searchField.value = query;
  page.scrollTop = 0;
  window.scrollTo(0, 0);
  if (document.activeElement !== searchField) page.focus({ preventScroll: true });
}

/** Light, dark, or as the system has it. */
function makeThemeButton() {
  const themes = ["", "light", "dark"];
  const names = { "": "Colors: as the system has them", light: "Colors: light", dark: "Colors: dark" };
  const signs = { "": "◐", light: "☀", dark: "☾" };
  let current = themes.includes(memory.get("theme")) ? memory.get("theme") : "";
  const button = h("button", { type: "button", class: "icon", onclick: () => {
    current = themes[(themes.indexOf(current) + 1) % themes.length];
    memory.set("theme", current);
    apply();
  } });
  const apply = () => {
    document.documentElement.dataset.theme = current;
    button.textContent = signs[current];
    button.title = names[current];
    button.setAttribute("aria-label", names[current]);
  };
  apply();
  return button;
}

function start() {
  const menu = h("button", { type: "button", class: "icon menu", "aria-label": "Project tree", onclick: () => document.body.classList.toggle("side-open") }, "☰");
  replace(document.getElementById("top"), menu, h("a", { class: "brand", href: "#/" }, project.project.name), searchField,
    h("a", { href: "#/lineage" }, "Lineage"), makeThemeButton());
  replace(side, navigation.element);
  const find = debounced(120, () => {
    const query = searchField.value.trim();
    const address = query ? searchPage(query) : "#/";
    // One step back for a whole search, however often its words changed.
    if (location.hash.startsWith("#/search/")) location.replace(address); else location.hash = address;
  });
  searchField.addEventListener("input", find);
  addEventListener("hashchange", show);
  addEventListener("keydown", keys);
  show();
}

function keys(event) {
  const isTyping = /^(input|select|textarea)$/i.test(event.target.tagName || "");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    searchField.focus();
    searchField.select();
  } else if (event.key === "Escape") {
    document.body.classList.remove("side-open");
    if (event.target === searchField) page.focus();
  } else if (["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) {
    walkResults(event);
  }
}

/** Arrow keys go through what was found. */
function walkResults(event) {
  const links = [...page.querySelectorAll(".results > li > a")];
  const at = links.indexOf(document.activeElement);
  if (!links.length || (at < 0 && event.target !== searchField)) return;
  if (event.key === "Enter") {
    if (at < 0) { event.preventDefault(); location.hash = links[0].getAttribute("href"); searchField.blur(); }
    return;
  }
  event.preventDefault();
  const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) next.focus(); else if (event.key === "ArrowUp") searchField.focus();
}

start();

"""#
}
