// Pieces that several pages are made of.

const sourcePage = (node) => "#/source/" + encodeURIComponent(node.package + "." + node.source.name);
const searchPage = (query) => "#/search/" + encodeURIComponent(query);
const listPage = (kind) => "#/list/" + encodeURIComponent(kind);
const groupPage = (name) => "#/group/" + encodeURIComponent(name);

const section = (heading, ...content) => h("section", {}, h("h2", {}, heading), content);
const badge = (node) => h("span", { class: "badge kind-" + node.kind }, kindName(node.kind, 1));
const nodeLink = (node) => h("a", { class: "ref", href: pageOf(node), title: node.id }, h("i", { class: "dot kind-" + node.kind }), title(node));
const tagLinks = (tags) => (tags || []).map((tag) => h("a", { class: "tag", href: searchPage(`tag:${/\s/.test(tag) ? `"${tag}"` : tag}`) }, tag));
const muted = (text) => h("span", { class: "muted" }, text);

/** A link that leads out, or its text if the address is none. */
const outward = (address, text) => (/^(https?:|mailto:)/i.test(address || "")
  ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text || address) : text || address);

/** Facts as a list of names and values; what has no value is left out. */
function facts(entries) {
  const shown = entries.filter(([, value]) => value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && !value.length));
  return h("dl", { class: "facts" }, shown.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** Plain data as text in the way of YAML; deep nesting is cut. */
function dataText(value, indentation = "", depth = 0) {
  if (value === null || typeof value !== "object") return typeof value === "string" ? quotedText(value) : String(value);
  if (depth > 30) return "…";
  const entries = Array.isArray(value) ? value.map((item) => ["-", item]) : Object.entries(value);
  if (!entries.length) return Array.isArray(value) ? "[]" : "{}";
  return entries.map(([key, item]) => {
    const head = key === "-" && Array.isArray(value) ? "-" : quotedText(key) + ":";
    const isDeep = item !== null && typeof item === "object" && Object.keys(item).length > 0;
    const text = dataText(item, indentation + "  ", depth + 1);
    return indentation + head + (isDeep ? "\n" + text : " " + text);
  }).join("\n");
}

const quotedText = (text) => (/^[\p{L}\p{N}_./+-][\p{L}\p{N}_./ +%()*'=<>,@-]*$/u.test(text) && text.trim() === text ? text : JSON.stringify(text));

/** Code with a button that copies it; several versions are chosen by tabs. */
function codeView(versions) {
  const shown = versions.filter(([, text]) => text);
  if (!shown.length) return null;
  const body = h("pre", { class: "code" });
  let current = 0;
  const tabs = shown.map(([name], place) => h("button", { type: "button", onclick: () => choose(place) }, name));
  const copy = h("button", { type: "button", class: "copy", onclick: () => {
    const done = (word) => { copy.textContent = word; setTimeout(() => { copy.textContent = "Copy"; }, 1200); };
    if (!navigator.clipboard) return done("Not possible here");
    navigator.clipboard.writeText(shown[current][1]).then(() => done("Copied"), () => done("Not allowed"));
  } }, "Copy");
  const choose = (place) => {
    current = place;
    tabs.forEach((tab, own) => tab.setAttribute("aria-pressed", String(own === place)));
    replace(body, renderSQL(shown[place][1]));
  };
  choose(0);
  return h("div", {}, h("div", { class: "tabs" }, tabs, copy), body);
}

/** Links to nodes, by kind. */
function nodeGroups(nodes) {
  const kinds = KIND_ORDER.filter((kind) => nodes.some((node) => node.kind === kind));
  return kinds.map((kind) => {
    const own = nodes.filter((node) => node.kind === kind);
    return h("div", { class: "refs" }, h("h3", {}, `${kindName(kind, 2)} (${own.length})`), longList(own, 60, (node) => h("li", {}, nodeLink(node)), "ul"));
  });
}

/** A list whose first items are shown, and the rest when it is asked for. */
function longList(items, count, build, tag, attributes) {
  const list = h(tag, attributes, items.slice(0, count).map(build));
  if (items.length <= count) return list;
  const more = h("button", { type: "button", class: "more", onclick: () => {
    fill(list, items.slice(count).map(build));
    more.remove();
  } }, `Show all ${items.length.toLocaleString("en")}`);
  return [list, more];
}

/** A table of rows; wide ones scroll within themselves. */
function dataTable(heads, rows, build, limit = 400) {
  const body = h("tbody", {}, rows.slice(0, limit).map(build));
  const more = rows.length > limit ? h("button", { type: "button", class: "more", onclick: () => {
    fill(body, rows.slice(limit).map(build));
    more.remove();
  } }, `Show all ${rows.length.toLocaleString("en")}`) : null;
  return [h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), body)), more];
}

/** What the last run said of a node. */
function outcome(node) {
  if (!node.result) return null;
  const { status, at, message, failures } = node.result;
  const good = ["success", "pass"].includes(status);
  const count = failures ? `, ${failures} row${failures === 1 ? "" : "s"}` : "";
  return h("span", { class: "outcome " + (good ? "good" : ["warn", "skipped"].includes(status) ? "so-so" : "bad"), title: [at, message].filter(Boolean).join(": ") }, status + (good ? "" : count));
}

/** A check as a link with its last outcome. */
const checkChip = (check) => h("a", { class: "check", href: pageOf(check), title: check.name }, checkLabel(check), check.check?.severity === "warn" ? muted(" warns") : null, outcome(check));
