// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation/search.js: change that, and run the script.
extension PageSources {
  static let search = #"""
// Full-text search: every word must be found; names count most, code least. `tag:x` and the like look in one field.

const FIELDS = [
  ["name", 100], ["column", 40], ["tag", 35], ["owner", 30], ["path", 20], ["description", 15], ["check", 10], ["code", 5],
];
const FIELD_ALIASES = { columns: "column", tags: "tag", file: "path", sql: "code", desc: "description", group: "owner", test: "check" };

/** What is searched of a node, by field, in lower case. */
function searchTexts(node) {
  const columns = node.columns || [];
  const owner = node.owner || {};
  const group = node.group || "";
  const texts = {
    name: [title(node), node.name, node.relation ? node.relation.identifier : ""],
    column: columns.map((column) => column.name),
    tag: [...(node.tags || []), ...columns.flatMap((column) => column.tags || [])],
    owner: [owner.name || "", owner.email || "", group],
    path: [node.file || "", node.relation ? [node.relation.database, node.relation.schema].filter(Boolean).join(".") : "", node.package],
    description: [node.description || "", ...columns.map((column) => column.description || ""), node.meta ? JSON.stringify(node.meta) : ""],
    check: (node.checks || []).map((check) => check.name),
    code: [node.code || "", node.compiled || ""],
  };
  return FIELDS.map(([field]) => texts[field].join("\n").toLowerCase());
}

/** The words of a query: [field or null, text]. Quotes keep words together. */
function searchWords(query) {
  const words = [];
  for (const [, key, quoted, plain] of query.matchAll(/(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)) {
    const text = (quoted ?? plain).toLowerCase();
    const name = key ? FIELD_ALIASES[key.toLowerCase()] || key.toLowerCase() : null;
    const isField = name !== null && [...FIELDS.map(([field]) => field), "kind", "package", "type"].includes(name);
    if (isField) words.push([name === "type" ? "kind" : name, text]);
    else words.push([null, key ? `${key.toLowerCase()}:${text}` : text]);
  }
  return words.filter(([, text]) => text);
}

/** What a project holds that fits a query, best first: { node, score, field }. */
function makeSearch(project) {
  const entries = [...project.nodes, ...project.macros].filter((node) => !node.hidden).map((node) => ({ node, texts: null }));
  return (query) => {
    const words = searchWords(query);
    if (!words.length) return [];
    const results = [];
    for (const entry of entries) {
      entry.texts = entry.texts || searchTexts(entry.node);
      const result = score(entry, words);
      if (result) results.push(result);
    }
    const rank = (node) => (isCheck(node) ? 3 : node.kind === "macro" ? 2 : 1);
    return results.sort((a, b) => b.score - a.score || rank(a.node) - rank(b.node)
      || (title(a.node) < title(b.node) ? -1 : title(a.node) > title(b.node) ? 1 : 0));
  };
}

function score(entry, words) {
  let total = 0;
  let best = null;
  for (const [field, word] of words) {
    const found = field === "kind" ? kindScore(entry.node, word) : field === "package" ? Number(entry.node.package === word) : 0;
    if (found) { total += found; continue; }
    let own = 0;
    let ownField = null;
    for (let place = 0; place < FIELDS.length; place += 1) {
      if (field !== null && field !== FIELDS[place][0]) continue;
      const value = fieldScore(entry.texts[place], word, FIELDS[place]);
      if (value > own) { own = value; ownField = FIELDS[place][0]; }
    }
    if (!own) return null;
    total += own;
    best = best === null || best === "name" ? ownField : best;
  }
  if (isCheck(entry.node)) total /= 4;
  return { node: entry.node, score: total, field: best };
}

function kindScore(node, word) {
  const names = [node.kind, ...(KINDS[node.kind] || [])].map((name) => name.toLowerCase());
  return Number(names.includes(word));
}

function fieldScore(text, word, [field, weight]) {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (field !== "name" && field !== "column" && field !== "tag") return weight;
  const lines = text.split("\n");
  if (lines.includes(word)) return weight * 3;
  if (lines.some((line) => line.startsWith(word))) return weight * 2;
  return lines.some((line) => /[^a-z0-9]/.test(line[line.indexOf(word) - 1] || "a")) ? weight * 1.5 : weight;
}

/** The place of a match with what stands around it: [before, match, after]; null if the word is not in the text. */
function snippet(text, word) {
  const at = (text || "").toLowerCase().indexOf(word);
  if (at < 0) return null;
  const start = Math.max(0, at - 60);
  const end = Math.min(text.length, at + word.length + 90);
  return [(start ? "…" : "") + text.slice(start, at), text.slice(at, at + word.length), text.slice(at + word.length, end) + (end < text.length ? "…" : "")];
}

"""#
}
