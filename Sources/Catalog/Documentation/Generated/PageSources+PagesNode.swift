// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation/pages-node.js: change that, and run the script.
extension PageSources {
  static let pagesNode = #"""
// The page of a node: what it is, its columns, its checks, what it depends on, its code.

function nodePage(node) {
  return [
    h("div", { class: "heading" }, h("div", { class: "crumbs" }, crumbs(node)), h("h1", {}, badge(node), " ", title(node), outcome(node))),
    node.hidden ? h("p", { class: "muted" }, "The project leaves this out of its documentation.") : null,
    nodeFacts(node),
    node.description ? h("div", { class: "description" }, renderMarkdown(node.description, renderSQL)) : isDescribed(node) ? h("p", { class: "muted" }, "No description yet.") : null,
    columnsSection(node),
    checksSection(node),
    checkedSection(node),
    node.load ? loadSection(node.load) : null,
    node.arguments?.length ? section("Arguments", dataTable(["Name", "Type", "Description"], node.arguments, argumentRow)) : null,
    lineageSection(node),
    dependencySections(node),
    codeSection(node),
    dataSections(node),
  ];
}

const isDescribed = (node) => !isCheck(node);

function crumbs(node) {
  if (node.kind === "source") return [h("a", { href: listPage("source") }, "Sources"), " / ", h("a", { href: sourcePage(node) }, node.source.name)];
  return [h("a", { href: listPage(node.kind) }, kindName(node.kind, 2)), " / ", node.package];
}

function nodeFacts(node) {
  const relation = node.relation || {};
  const path = [relation.database, relation.schema, relation.identifier].filter(Boolean).join(".");
  const owner = node.owner || (node.group && project.groupsByName.get(node.group)?.owner) || null;
  const exposure = node.exposure || {};
  return facts([
    ["Relation", path ? h("code", {}, path) : null],
    ["Kind", [node.stored, relation.kind && relation.kind !== node.stored ? `(${relation.kind} in the warehouse)` : null].filter(Boolean).join(" ")],
    ["In the warehouse", node.isMissing ? "not found when this was written" : null],
    ["Type", exposure.type], ["Maturity", exposure.maturity], ["Address", exposure.url ? outward(exposure.url) : null],
    ["Severity", node.check?.severity],
    ["Type", node.function?.type], ["Arguments", argumentList(node.function)],
    ["Returns", node.function?.returns ? [h("code", {}, node.function.returns), node.function.returnsDescription ? ` · ${node.function.returnsDescription}` : null] : null],
    ["Group", node.group ? h("a", { href: groupPage(node.group) }, node.group) : null],
    ["Owner", owner ? ownerText(owner) : null],
    ["Access", node.access], ["Version", node.version], ["Contract", node.contract ? "enforced" : null],
    ["Loader", node.source?.loader], ["Freshness", freshnessText(node.source)],
    ["Tags", tagLinks(node.tags)],
    ["Remark in the warehouse", node.comment && node.comment !== node.description ? node.comment : null],
    ["Package", node.package],
    ["File", node.file ? h("code", {}, node.file + (node.line > 1 ? ":" + node.line : "")) : null],
    ["Described in", node.properties && node.properties !== node.file ? h("code", {}, node.properties) : null],
  ]);
}

/** What a function takes, an argument a line. */
function argumentList(called) {
  if (!called?.arguments.length) return null;
  return called.arguments.map((argument) => h("div", {}, h("code", {}, `${argument.name} ${argument.type}`),
    argument.default === undefined ? null : [" = ", h("code", {}, String(argument.default))], argument.description ? ` · ${argument.description}` : null));
}

function ownerText(owner) {
  const text = owner.name || owner.email;
  const rest = Object.entries(owner).filter(([key]) => !["name", "email"].includes(key)).map(([key, value]) => ` · ${key}: ${brief(value)}`);
  return [owner.email ? outward("mailto:" + [].concat(owner.email).join(","), brief(text)) : text, rest];
}

function freshnessText(source) {
  if (!source) return null;
  const limit = (name, word) => (source.freshness?.[name]?.count ? `${word} after ${source.freshness[name].count} ${source.freshness[name].period}${source.freshness[name].count === 1 ? "" : "s"}` : null);
  const rules = [limit("warn_after", "warns"), limit("error_after", "fails")].filter(Boolean).join(", ");
  const seen = source.seen;
  const last = seen ? [seen.status, seen.loadedAt ? ` (newest row ${seen.loadedAt}, looked at ${seen.at})` : null] : null;
  return rules || last ? [rules, rules && last ? ": " : null, last] : null;
}

function columnsSection(node) {
  const columns = node.columns || [];
  if (!columns.length) return null;
  const hasTags = columns.some((column) => column.tags?.length || column.meta);
  return section(`Columns (${columns.length})`, dataTable(["Name", "Type", "Description", "Checks", ...(hasTags ? ["Tags and meta"] : [])], columns, (column) =>
    h("tr", { id: "column-" + column.name },
      h("th", { scope: "row" }, h("code", {}, column.name), column.isMissing ? [h("br"), muted("described, not in the warehouse")] : null),
      h("td", {}, column.type ? h("code", { class: "type" }, column.type) : column.declared ? h("code", { class: "type" }, column.declared) : null,
        column.type && column.declared && column.type.toLowerCase() !== column.declared.toLowerCase() ? [h("br"), muted("declared: " + column.declared)] : null),
      h("td", { class: "text" }, column.description ? renderMarkdown(column.description, renderSQL) : null,
        column.comment && column.comment !== column.description ? muted(column.comment) : null),
      h("td", { class: "checks" }, checksOf(node, column.name).map(checkChip)),
      hasTags ? h("td", {}, tagLinks(column.tags), column.meta ? h("pre", { class: "data" }, dataText(column.meta)) : null) : null)));
}

function checksSection(node) {
  const own = checksOf(node, null);
  return own.length ? section(`${(node.columns || []).length ? "Checks beyond one column" : "Checks"} (${own.length})`, h("div", { class: "checks wide" }, own.map(checkChip))) : null;
}

/** What a check looks at. */
function checkedSection(node) {
  const check = node.check;
  if (!check) return null;
  const values = Object.keys(check.arguments || {}).length ? section("Arguments", h("pre", { class: "data" }, dataText(check.arguments))) : null;
  return [facts([["Checks", check.attached ? [nodeLink(check.attached), check.column ? [" column ", h("code", {}, check.column)] : null] : null], ["Test", check.test]]), values];
}

function loadSection(load) {
  return section("Tables", facts([["From", load.type + (load.connection ? ` (connection ${load.connection})` : "")]]),
    dataTable(["Table", "Read from", "Written as", "Key", "Cursor"], load.tables, (table) => h("tr", {},
      h("th", { scope: "row" }, h("code", {}, table.name)), h("td", {}, table.from ? h("code", {}, table.from) : null), h("td", {}, table.write),
      h("td", {}, (table.key || []).join(", ")), h("td", {}, table.cursor))));
}

const argumentRow = (argument) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, argument.name || "")), h("td", {}, argument.type ? h("code", { class: "type" }, argument.type) : null),
  h("td", { class: "text" }, argument.description ? renderMarkdown(argument.description, renderSQL) : null));

/** The nodes around a node, as far as two fields say. */
function lineageSection(node) {
  if (!isInLineage(node) || (!node.reads.some(isInLineage) && !node.users.some(isInLineage))) return null;
  const holder = h("div", {});
  const depths = { reads: 2, users: 2 };
  const draw = () => {
    const around = new Set([node, ...reach([node], "reads", depths.reads), ...reach([node], "users", depths.users)]);
    replace(holder, drawLineage([...around].filter(isInLineage), { focus: node, isInset: true }));
  };
  const field = (side, label) => h("label", {}, label, " ", h("select", { onchange: (event) => { depths[side] = Number(event.target.value); draw(); } },
    [0, 1, 2, 3, 5, 10, Infinity].map((depth) => h("option", { value: String(depth), selected: depth === 2 }, depth === Infinity ? "all" : String(depth)))));
  draw();
  return section("Lineage", h("div", { class: "controls" }, field("reads", "Steps back"), field("users", "Steps on"),
    h("a", { href: "#/lineage?select=" + encodeURIComponent(`+${node.id}+`) }, "On a page of its own")), holder);
}

function dependencySections(node) {
  if (node.kind === "macro") {
    return [
      node.calls.length ? section("Calls", nodeGroups(node.calls)) : null,
      node.users.length || node.callers.length ? section("Used by", nodeGroups([...node.callers, ...node.users])) : null,
    ];
  }
  const reads = [...node.reads, ...node.macros];
  return h("div", { class: "two" },
    reads.length ? section("Depends on", nodeGroups(reads)) : null,
    node.users.length ? section("Used by", nodeGroups(node.users)) : null);
}

function codeSection(node) {
  const view = codeView([[node.kind === "load" ? "Definition" : "Source", node.code], ["Compiled", node.compiled && node.compiled !== node.code ? node.compiled : null]]);
  return view ? section("Code", view) : null;
}

function dataSections(node) {
  const shown = [["Meta", node.meta], ["Configuration", node.config]].filter(([, value]) => value && Object.keys(value).length);
  return shown.map(([name, value]) => h("details", { class: "data", open: name === "Meta" }, h("summary", {}, name), h("pre", { class: "data" }, dataText(value))));
}

"""#
}
