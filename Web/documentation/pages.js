// The other pages: overview, lists, a source, a group, search, the whole lineage.

function overviewPage(name) {
  const text = project.overviews[name || ""];
  const counts = KIND_ORDER.map((kind) => [kind, everything().filter((node) => node.kind === kind && !node.hidden && (!name || node.package === name)).length]);
  const packages = [...new Set(everything().map((node) => node.package))].filter((own) => own !== project.project.name).sort();
  return [
    text ? renderMarkdown(text, renderSQL) : h("h1", {}, name || project.project.name),
    section("What there is", h("div", { class: "cards" }, counts.filter(([, count]) => count).map(([kind, count]) =>
      h("a", { class: "card", href: name ? searchPage(`kind:${kind} package:${name}`) : listPage(kind) }, h("b", {}, count.toLocaleString("en")), h("i", { class: "dot kind-" + kind }), kindName(kind, count))))),
    name ? null : coverage(),
    !name && project.groups.length ? section("Groups", h("ul", { class: "plain" }, project.groups.map((group) => h("li", {}, h("a", { href: groupPage(group.name) }, group.name), " ", muted(firstWords(group.description)))))) : null,
    !name && packages.length ? section("Packages", h("ul", { class: "plain" }, packages.map((own) => h("li", {}, h("a", { href: "#/overview/" + encodeURIComponent(own) }, own))))) : null,
    name ? null : facts([["Target", project.project.target], ["Engine", project.project.adapter], ["Version", project.project.version], ["Written", project.project.generatedAt], ["Last run", project.project.runAt]]),
  ];
}

const everything = () => [...project.nodes, ...project.macros];

/** How much of the project's own models is described and checked. */
function coverage() {
  const models = project.nodes.filter((node) => node.kind === "model" && !node.hidden && node.package === project.project.name);
  if (!models.length) return null;
  const columns = models.flatMap((node) => node.columns || []);
  const bar = (label, part, whole) => (whole ? h("div", { class: "coverage" }, h("span", {}, label), h("meter", { min: 0, max: whole, value: part }), h("span", {}, `${Math.round((100 * part) / whole)} %`, muted(` ${part.toLocaleString("en")} of ${whole.toLocaleString("en")}`))) : null);
  return section("Covered", bar("Models with a description", models.filter((node) => node.description).length, models.length),
    bar("Columns with a description", columns.filter((column) => column.description).length, columns.length),
    bar("Models with checks", models.filter((node) => node.checks.length).length, models.length));
}

function listOf(kind) {
  const nodes = everything().filter((node) => node.kind === kind && !node.hidden);
  const hasChecks = nodes.some((node) => node.checks?.length);
  const hasResult = nodes.some((node) => node.result);
  const filter = h("input", { type: "search", placeholder: "Filter by name", "aria-label": "Filter by name" });
  const holder = h("div", {});
  const draw = () => {
    const wanted = filter.value.trim().toLowerCase();
    const shown = nodes.filter((node) => title(node).toLowerCase().includes(wanted)).sort((a, b) => compareNames(title(a), title(b)));
    replace(holder, dataTable(["Name", kind === "source" || kind === "model" ? "Schema" : "Package", "Description", ...(hasChecks ? ["Checks"] : []), ...(hasResult ? ["Last run"] : []), "Tags"], shown, (node) =>
      h("tr", {}, h("th", { scope: "row" }, nodeLink(node)), h("td", {}, kind === "source" || kind === "model" ? node.relation?.schema : node.package),
        h("td", { class: "text" }, firstWords(node.description)), hasChecks ? h("td", {}, node.checks.length || "") : null, hasResult ? h("td", {}, outcome(node)) : null, h("td", {}, tagLinks(node.tags)))));
  };
  filter.addEventListener("input", debounced(120, draw));
  draw();
  return [h("h1", {}, `${kindName(kind, 2)} (${nodes.length.toLocaleString("en")})`), h("div", { class: "controls" }, filter), holder];
}

function sourceListPage(name) {
  const tables = project.nodes.filter((node) => node.kind === "source" && `${node.package}.${node.source.name}` === name);
  if (!tables.length) return missingPage(name);
  const source = project.sources.find((own) => `${own.package}.${own.name}` === name) || {};
  return [
    h("div", { class: "heading" }, h("div", { class: "crumbs" }, h("a", { href: listPage("source") }, "Sources")), h("h1", {}, h("span", { class: "badge kind-source" }, "Source"), " ", tables[0].source.name)),
    facts([["Package", tables[0].package], ["Loader", tables[0].source.loader]]),
    source.description ? h("div", { class: "description" }, renderMarkdown(source.description, renderSQL)) : null,
    section(`Tables (${tables.length})`, dataTable(["Table", "Relation", "Description", "Freshness", "Used by"], tables, (node) => h("tr", {}, h("th", { scope: "row" }, nodeLink(node)),
      h("td", {}, h("code", {}, [node.relation?.schema, node.relation?.identifier].filter(Boolean).join("."))), h("td", { class: "text" }, firstWords(node.description)), h("td", {}, freshnessText(node.source)), h("td", {}, node.users.length || "")))),
    source.meta && Object.keys(source.meta).length ? section("Meta", h("pre", { class: "data" }, dataText(source.meta))) : null,
  ];
}

function groupListPage(name) {
  const group = project.groupsByName.get(name);
  if (!group) return missingPage(name);
  return [h("h1", {}, "Group ", name), facts([["Owner", ownerText(group.owner || {})], ["File", h("code", {}, group.file)]]),
    group.description ? renderMarkdown(group.description, renderSQL) : null,
    section("Members", nodeGroups(project.nodes.filter((node) => node.group === name && !isCheck(node))))];
}

function searchResults(query) {
  const results = search(query);
  const words = searchWords(query).filter(([field]) => !["kind", "package"].includes(field)).map(([, word]) => word);
  const count = h("p", { class: "muted", role: "status" }, results.length ? `${results.length.toLocaleString("en")} found` : "Nothing found. Words may stand in names, columns, descriptions, tags, owners, paths and code.");
  const item = ({ node, field }) => h("li", {}, h("a", { href: pageOf(node) }, badge(node), " ", h("b", {}, marked(title(node), words))), " ", muted(node.relation?.schema || node.package), excerpt(node, field, words));
  return [h("h1", {}, "Search"), count, longList(results, 100, item, "ul", { class: "results" }),
    h("p", { class: "muted" }, "Look in one field with ", ["tag:", "column:", "kind:", "owner:", "path:", "description:", "code:", "package:"].map((word) => [h("code", {}, word), " "]))];
}

/** Why it was found. */
function excerpt(node, field, words) {
  const columns = node.columns || [];
  const word = words.find((own) => own) || "";
  if (field === "column") {
    const found = columns.filter((column) => words.some((own) => column.name.toLowerCase().includes(own))).slice(0, 6);
    return h("p", {}, muted("columns "), found.map((column, place) => [place ? ", " : "", h("code", {}, marked(column.name, words))]));
  }
  const texts = field === "code" ? [node.code, node.compiled] : [node.description, ...columns.map((column) => column.description)];
  for (const text of texts) {
    const found = words.map((own) => snippet(text, own)).find(Boolean);
    if (found) return h("p", { class: field === "code" ? "mono" : null }, found[0], h("mark", {}, found[1]), found[2]);
  }
  const tags = (node.tags || []).filter((tag) => tag.toLowerCase().includes(word));
  return field === "tag" && tags.length ? h("p", {}, tagLinks(tags)) : h("p", {}, firstWords(node.description));
}

/** A text with the words marked in it. */
function marked(text, words) {
  const lower = text.toLowerCase();
  const output = [];
  for (let at = 0; at < text.length;) {
    const found = words.map((word) => [lower.indexOf(word, at), word.length]).filter(([place]) => place >= 0).sort((a, b) => a[0] - b[0])[0];
    if (!found) { output.push(text.slice(at)); break; }
    output.push(text.slice(at, found[0]), h("mark", {}, text.slice(found[0], found[0] + found[1])));
    at = found[0] + found[1];
  }
  return output;
}

/** The whole lineage, or what a selection means of it. */
function lineagePage(parameters) {
  const field = (name, label, hint) => h("label", {}, label, " ", h("input", { name, value: parameters.get(name) || "", placeholder: hint, spellcheck: "false" }));
  const inputs = [field("select", "Select", "+orders, tag:daily, path:models/marts"), field("exclude", "Leave out", "stg_*")];
  const holder = h("div", { class: "whole" });
  const count = muted("");
  const apply = () => {
    const [select, exclude] = inputs.map((label) => label.querySelector("input").value.trim());
    const address = "#/lineage" + (select || exclude ? "?" + new URLSearchParams(Object.entries({ select, exclude }).filter(([, value]) => value)) : "");
    if (location.hash === address) draw(); else location.hash = address;
  };
  const draw = () => {
    const [select, exclude] = [parameters.get("select"), parameters.get("exclude")];
    const left = exclude ? selectNodes(project, exclude) : new Set();
    const nodes = (select ? [...selectNodes(project, select)] : project.nodes).filter((node) => isInLineage(node) && !left.has(node));
    count.textContent = `${nodes.length.toLocaleString("en")} node${nodes.length === 1 ? "" : "s"}`;
    replace(holder, nodes.length ? drawLineage(nodes.sort((a, b) => compareNames(a.id, b.id)), {}) : h("p", { class: "muted" }, "The selection means nothing here."));
  };
  draw();
  return [h("form", { class: "controls", onsubmit: (event) => { event.preventDefault(); apply(); } }, h("h1", {}, "Lineage"), inputs, h("button", { type: "submit" }, "Show"), count), holder];
}

const missingPage = (name) => [h("h1", {}, "Not here"), h("p", {}, "This documentation has nothing called ", h("code", {}, name), ". "), h("p", {}, h("a", { href: searchPage(name.split(".").pop()) }, "Search for it"))];
