// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation/project.js: change that, and run the script.
extension PageSources {
  static let project = #"""
// The project as the page uses it: what the data says, with its edges in both directions and its names looked up.

const KINDS = {
  model: ["Model", "Models"], seed: ["Seed", "Seeds"], snapshot: ["Snapshot", "Snapshots"], source: ["Source", "Sources"],
  load: ["Load", "Loads"], exposure: ["Exposure", "Exposures"], test: ["Check", "Checks"], unit_test: ["Unit test", "Unit tests"],
  analysis: ["Analysis", "Analyses"], macro: ["Macro", "Macros"], metric: ["Metric", "Metrics"],
  semantic_model: ["Semantic model", "Semantic models"], saved_query: ["Saved query", "Saved queries"], function: ["Function", "Functions"],
};
const KIND_ORDER = Object.keys(KINDS);

const kindName = (kind, count) => (KINDS[kind] || [kind, kind + "s"])[count === 1 ? 0 : 1];

/** Adds to the data what the page looks up. */
function readProject(data) {
  const project = { ...data, byID: new Map(), children: new Map() };
  for (const macro of project.macros) Object.assign(macro, { kind: "macro", users: [], callers: [], reads: [], macros: [], checks: [] });
  for (const node of [...project.nodes, ...project.macros]) project.byID.set(node.id, node);
  for (const node of project.nodes) Object.assign(node, { users: [], checks: [] });
  for (const node of project.nodes) {
    node.reads = (node.reads || []).map((place) => project.nodes[place]);
    node.macros = (node.macros || []).map((place) => project.macros[place]);
    for (const macro of node.macros) macro.users.push(node);
    for (const parent of node.reads) (isCheck(node) ? parent.checks : parent.users).push(node);
    if (node.check && node.check.attached !== undefined) node.check.attached = project.nodes[node.check.attached];
  }
  for (const macro of project.macros) {
    macro.calls = (macro.calls || []).map((place) => project.macros[place]);
    for (const called of macro.calls) called.callers.push(macro);
  }
  project.groupsByName = new Map(project.groups.map((group) => [group.name, group]));
  return project;
}

const isCheck = (node) => node.kind === "test" || node.kind === "unit_test";

/** The name that people know a node by. */
const title = (node) => (node.kind === "source" ? `${node.source.name}.${node.name}` : node.label || node.name);

/** Where the page of a node is. */
const pageOf = (node) => "#/node/" + encodeURIComponent(node.id);

/** The nodes of the lineage: no checks, nothing hidden. */
const isInLineage = (node) => !isCheck(node) && !node.hidden && node.kind !== "macro";

/** The checks of a column, or of the node as a whole where the column is null. */
function checksOf(node, column) {
  return node.checks.filter((check) => {
    const isOwn = check.check && check.check.attached === node;
    const own = isOwn && check.check.column ? check.check.column.toLowerCase() : null;
    return column === null ? own === null || !hasColumn(node, own) : own === column.toLowerCase();
  });
}

const hasColumn = (node, name) => (node.columns || []).some((column) => column.name.toLowerCase() === name);

/** A check in a few words: `unique`, `accepted_values: a, b`. */
function checkLabel(check) {
  const facts = check.check || {};
  if (!facts.test) return check.name;
  const words = Object.entries(facts.arguments || {}).filter(([key]) => !["model", "column_name"].includes(key))
    .map(([key, value]) => (key === "values" || key === "to" ? "" : key + ": ") + brief(value));
  return facts.test + (words.length ? " (" + words.join(", ") + ")" : "");
}

/** A value in one line. */
function brief(value) {
  const text = Array.isArray(value) ? value.map(brief).join(", ") : typeof value === "object" && value ? JSON.stringify(value) : String(value);
  return text.length > 80 ? text.slice(0, 79) + "…" : text;
}

/** The first sentence of a description, as plain text. */
function firstWords(text) {
  const line = plainText(parseMarkdown((text || "").slice(0, 600)).slice(0, 1)).replace(/\s+/g, " ").trim();
  return line.length > 160 ? line.slice(0, 159) + "…" : line;
}

"""#
}
