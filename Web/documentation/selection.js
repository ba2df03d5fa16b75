// Which nodes a selection means, in dbt's words: `+orders`, `tag:daily`, `path:models/marts`, `stg_*`; a comma for both, a space
// for either.

function selectNodes(project, text) {
  const chosen = new Set();
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const sets = word.split(",").filter(Boolean).map((part) => selectPart(project, part));
    for (const node of sets[0] || []) if (sets.every((set) => set.has(node))) chosen.add(node);
  }
  return chosen;
}

function selectPart(project, text) {
  const [, at, depthUp, up, core, down, depthDown] = /^(@?)(?:(\d*)(\+))?(.*?)(?:(\+)(\d*))?$/.exec(text);
  const chosen = new Set(project.nodes.filter((node) => isMeant(node, core)));
  const start = [...chosen];
  const limit = (digits) => (digits ? Number(digits) : Infinity);
  if (up) for (const node of reach(start, "reads", limit(depthUp))) chosen.add(node);
  if (down || at) for (const node of reach(start, "users", at ? Infinity : limit(depthDown))) chosen.add(node);
  if (at) for (const node of reach([...chosen], "reads", Infinity)) chosen.add(node);
  return chosen;
}

function isMeant(node, core) {
  const found = /^([a-z_.]+):(.*)$/.exec(core);
  const value = found ? found[2] : core;
  const fits = (text) => wildcard(value, text || "");
  const parts = () => (node.folders || []).some((_, place, all) => fits(all.slice(0, place + 1).join(".")) || fits(all.slice(1, place + 1).join(".")));
  switch (found ? found[1] : "") {
    case "": return fits(node.name) || fits(node.id) || parts() || (node.kind === "source" && fits(title(node)));
    case "fqn": return fits(node.name) || parts();
    case "tag": return (node.tags || []).some(fits);
    case "path": return fits(node.file) || (node.file || "").startsWith(value.replace(/\/?$/, "/"));
    case "file": return fits((node.file || "").split("/").pop());
    case "package": return fits(node.package);
    case "group": return fits(node.group);
    case "source": return node.kind === "source" && (fits(node.source.name) || fits(title(node)));
    case "exposure": case "load": case "unit_test": return node.kind === found[1] && fits(node.name);
    case "resource_type": case "kind": return fits(node.kind) || (value === "check" && node.kind === "test");
    case "config.materialized": return fits(node.stored);
    default: return false;
  }
}

/** Whether a text fits a pattern of `*` and `?`, in time proportional to both. */
function wildcard(pattern, text) {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === text[t] || pattern[p] === "?") && pattern[p] !== "*") { p += 1; t += 1; }
    else if (pattern[p] === "*") { star = p; mark = t; p += 1; }
    else if (star >= 0) { p = star + 1; mark += 1; t = mark; }
    else return false;
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}

/** What is reached from nodes along `reads` or `users`, without the nodes themselves unless others lead to them. */
function reach(start, direction, depth) {
  const found = new Set();
  let layer = start;
  for (let distance = 0; layer.length && distance < depth; distance += 1) {
    const next = [];
    for (const node of layer) {
      for (const other of node[direction]) if (!found.has(other)) { found.add(other); next.push(other); }
    }
    layer = next;
  }
  return found;
}
