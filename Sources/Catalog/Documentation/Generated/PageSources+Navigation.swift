// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation/navigation.js: change that, and run the script.
extension PageSources {
  static let navigation = #"""
// The tree at the side: by project and folder, or by database and schema. Folders are filled when they are opened.

/** A folder of a tree: folders by name, and nodes. */
const folder = (name) => ({ name, folders: new Map(), nodes: [], href: null });

function inFolder(tree, path) {
  let at = tree;
  for (const name of path) {
    if (!at.folders.has(name)) at.folders.set(name, folder(name));
    at = at.folders.get(name);
  }
  return at;
}

/** Sources, loads and exposures by name; then each package by its folders. */
function projectTree(project) {
  const tree = folder("");
  for (const node of project.nodes) {
    if (node.hidden || (isCheck(node) && node.check?.test)) continue;
    if (node.kind === "source") {
      const place = inFolder(tree, ["Sources", node.source.name]);
      place.href = sourcePage(node);
      place.nodes.push(node);
    } else if (["load", "exposure", "metric", "semantic_model", "saved_query"].includes(node.kind)) {
      inFolder(tree, [kindName(node.kind, 2)]).nodes.push(node);
    } else {
      inFolder(tree, packagePath(node)).nodes.push(node);
    }
  }
  for (const macro of project.macros) if (!macro.hidden) inFolder(tree, packagePath(macro)).nodes.push(macro);
  const first = ["Sources", "Loads", "Exposures", "Metrics", "Semantic models", "Saved queries", project.project.name];
  const rank = (name) => (first.includes(name) ? first.indexOf(name) : first.length);
  tree.folders = new Map([...tree.folders].sort(([a], [b]) => rank(a) - rank(b) || compareNames(a, b)));
  return tree;
}

function packagePath(node) {
  const parts = (node.file || "").split("/").filter(Boolean);
  const start = parts.lastIndexOf(node.package);
  return [node.package, ...(start > 0 ? parts.slice(start + 1, -1) : parts.slice(0, -1))];
}

function databaseTree(project) {
  const tree = folder("");
  for (const node of project.nodes) {
    if (node.hidden || isCheck(node) || !node.relation || !node.relation.identifier) continue;
    inFolder(tree, [node.relation.database || "(default)", node.relation.schema || "(default)"]).nodes.push(node);
  }
  return tree;
}

const compareNames = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** The side with its two trees. Gives { element, reveal }, where `reveal` opens the way to a node. */
function makeNavigation(project) {
  const trees = { project: projectTree(project), database: databaseTree(project) };
  const holder = h("div", { class: "trees" });
  const views = {};
  let current = memory.get("tree") === "database" ? "database" : "project";
  let shown = null;
  const tab = (name, label) => h("button", { type: "button", "data-tree": name, onclick: () => choose(name) }, label);
  const tabs = h("div", { class: "tabs" }, tab("project", "Project"), tab("database", "Database"));
  const choose = (name) => {
    current = name;
    memory.set("tree", name);
    views[name] = views[name] || treeView(trees[name], name);
    for (const button of tabs.children) button.setAttribute("aria-pressed", String(button.dataset.tree === name));
    replace(holder, views[name].element);
    if (shown) reveal(shown);
  };
  const reveal = (node) => {
    shown = node;
    for (const old of holder.querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
    const link = node ? views[current].open(node) : null;
    if (!link) return;
    link.setAttribute("aria-current", "page");
    const [own, room] = [link.getBoundingClientRect(), holder.getBoundingClientRect()];
    if (own.top < room.top || own.bottom > room.bottom) holder.scrollTop += own.top - room.top - room.height / 3;
  };
  choose(current);
  return { element: fill(document.createDocumentFragment(), [tabs, holder]), reveal };
}

/** A tree as nested lists. Gives { element, open }: `open` unfolds the way to a node and gives its link. */
function treeView(tree, name) {
  const links = new Map();
  const parts = new Map();
  const ways = new Map();
  const note = (at, way) => {
    for (const node of at.nodes) ways.set(node, way);
    for (const inner of at.folders.values()) note(inner, [...way, inner]);
  };
  note(tree, []);
  const build = (at, depth) => h("ul", {},
    [...at.folders.values()].sort((a, b) => (depth ? compareNames(a.name, b.name) : 0)).map((inner) => h("li", {}, part(inner, depth))),
    at.nodes.sort((a, b) => compareNames(a.name, b.name)).map((node) => {
      const link = h("a", { href: pageOf(node), title: title(node) }, h("i", { class: "dot kind-" + node.kind }), node.name);
      links.set(node, link);
      return h("li", {}, link);
    }));
  const part = (inner, depth) => {
    const details = h("details", { ontoggle: () => unfold(inner) },
      h("summary", {}, inner.name, h("span", { class: "count" }, String(total(inner)))));
    parts.set(inner, { details, depth, isFilled: false });
    // The project's own folders are in sight at once, and its schemas.
    if (depth === 0 && (tree.folders.size === 1 || name === "database" || inner.name === project.project.name)) { details.open = true; unfold(inner); }
    return details;
  };
  const unfold = (inner) => {
    const own = parts.get(inner);
    if (own.isFilled || !own.details.open) return;
    own.isFilled = true;
    own.details.append(build(inner, own.depth + 1));
  };
  const element = build(tree, 0);
  const open = (node) => {
    for (const inner of ways.get(node) || []) {
      parts.get(inner).details.open = true;
      unfold(inner);
    }
    return links.get(node) || null;
  };
  return { element, open };
}

const total = (at) => at.nodes.length + [...at.folders.values()].reduce((sum, inner) => sum + total(inner), 0);

"""#
}
