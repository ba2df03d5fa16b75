// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation/lineage.js: change that, and run the script.
extension PageSources {
  static let lineage = #"""
// The drawing of who reads whom.

const NODE_HEIGHT = 28;
const LONGEST_LABEL = 44;

/** A drawing of nodes with the edges among them. `focus` is shown as the one that it is about. */
function drawLineage(nodes, { focus, isInset } = {}) {
  const index = new Map(nodes.map((node, place) => [node, place]));
  const edges = [];
  nodes.forEach((node, to) => {
    for (const parent of node.reads) if (index.has(parent)) edges.push([index.get(parent), to]);
  });
  const labels = nodes.map((node) => shortened(title(node)));
  const layout = layOut(labels.map((label) => ({ width: textWidth(label) + 30, height: NODE_HEIGHT })), edges);
  const lines = layout.routes.map((points) => (points.length ? s("path", { d: curve(points) }) : null));
  const boxes = nodes.map((node, place) => nodeBox(node, labels[place], layout.places[place], textWidth(labels[place]) + 30, node === focus));
  const viewport = s("g", {}, s("g", { class: "edges" }, lines), s("g", {}, boxes));
  const svg = s("svg", { class: "lineage" + (isInset ? " inset" : ""), role: "group", "aria-label": "Lineage: arrow keys go along it" }, viewport);
  const movable = makeMovable(svg, viewport, layout);
  const graph = { nodes, edges, lines, boxes, places: layout.places, near: neighbours(nodes.length, edges) };
  highlightOnHover(svg, graph);
  walkWithKeys(svg, graph, movable);
  const place = focus ? layout.places[index.get(focus)] : null;
  const start = () => movable.fit(isInset ? 0.7 : nodes.length > 60 ? 0.5 : 0, place ? { x: place.x + 80, y: place.y } : null);
  const buttons = h("div", { class: "zoom" },
    h("button", { type: "button", title: "Zoom in (+)", "aria-label": "Zoom in", onclick: () => movable.zoom(1.3) }, "+"),
    h("button", { type: "button", title: "Zoom out (-)", "aria-label": "Zoom out", onclick: () => movable.zoom(0.77) }, "−"),
    h("button", { type: "button", title: "All of it (0)", "aria-label": "Show all", onclick: () => movable.fit() }, "⤢"));
  const frame = h("div", { class: "drawing" + (isInset ? " inset" : "") }, svg, buttons, legend(nodes));
  if (isInset) frame.style.height = Math.min(420, Math.max(110, layout.height * 0.95 + 56)) + "px";
  // It has a size only once it is in the page.
  requestAnimationFrame(start);
  return frame;
}

const shortened = (text) => (text.length > LONGEST_LABEL ? text.slice(0, LONGEST_LABEL - 1) + "…" : text);

const textWidth = (() => {
  let context = null;
  const known = new Map();
  return (text) => {
    if (!context) {
      context = document.createElement("canvas").getContext("2d");
      context.font = "12px " + getComputedStyle(document.body).fontFamily;
    }
    if (!known.has(text)) known.set(text, Math.ceil(context.measureText(text).width));
    return known.get(text);
  };
})();

/** A path through the points that leaves and reaches each of them level. */
function curve(points) {
  let path = `M${round(points[0].x)} ${round(points[0].y)}`;
  for (let step = 1; step < points.length; step += 1) {
    const [a, b] = [points[step - 1], points[step]];
    const bend = (b.x - a.x) / 2;
    path += a.y === b.y ? `L${round(b.x)} ${round(b.y)}`
      : `C${round(a.x + bend)} ${round(a.y)} ${round(b.x - bend)} ${round(b.y)} ${round(b.x)} ${round(b.y)}`;
  }
  return path;
}

const round = (number) => Math.round(number * 10) / 10;

function nodeBox(node, label, place, width, isFocus) {
  const body = s("rect", { class: "box", width, height: NODE_HEIGHT, rx: 5 });
  const bar = s("rect", { class: "bar", width: 6, height: NODE_HEIGHT, rx: 3 });
  const color = safeColor(node.color);
  const box = s("a", {
    href: pageOf(node), class: `node kind-${node.kind}${isFocus ? " focus" : ""}`, transform: `translate(${round(place.x)} ${round(place.y)})`,
    "aria-label": `${kindName(node.kind, 1)} ${title(node)}`,
  }, body, bar, s("text", { x: 15, y: 18.5 }, label), s("title", {}, `${kindName(node.kind, 1)} ${title(node)}`));
  if (color) box.style.setProperty("--kind", color);
  return box;
}

function legend(nodes) {
  const kinds = KIND_ORDER.filter((kind) => nodes.some((node) => node.kind === kind));
  return h("div", { class: "legend" }, kinds.map((kind) => h("span", {}, h("i", { class: "dot kind-" + kind }), kindName(kind, 2))));
}

function neighbours(count, edges) {
  const near = Array.from({ length: count }, () => ({ up: [], down: [] }));
  edges.forEach(([from, to], edge) => { near[from].down.push([to, edge]); near[to].up.push([from, edge]); });
  return near;
}

/** Shows what a node depends on and what depends on it while the pointer or the focus is on it. */
function highlightOnHover(svg, graph) {
  let lit = [];
  const clear = () => {
    for (const element of lit) element.classList.remove("lit");
    lit = [];
    svg.classList.remove("dimmed");
  };
  const show = (start) => {
    clear();
    for (const side of ["up", "down"]) {
      const seen = new Set([start]);
      const stack = [start];
      while (stack.length) {
        const place = stack.pop();
        lit.push(graph.boxes[place]);
        for (const [other, edge] of graph.near[place][side]) {
          if (graph.lines[edge]) lit.push(graph.lines[edge]);
          if (!seen.has(other)) { seen.add(other); stack.push(other); }
        }
      }
    }
    for (const element of lit) element.classList.add("lit");
    svg.classList.add("dimmed");
  };
  graph.boxes.forEach((box, place) => {
    box.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") show(place); });
    box.addEventListener("pointerleave", clear);
    box.addEventListener("focus", () => { if (box.matches(":focus-visible")) show(place); });
    box.addEventListener("blur", clear);
  });
}

/** Left goes to what is read, right to what reads, up and down to the neighbours of the layer. */
function walkWithKeys(svg, graph, movable) {
  svg.addEventListener("keydown", (event) => {
    const at = graph.boxes.indexOf(document.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const nearest = (candidates) => candidates.sort((a, b) => distance(graph.places[at], graph.places[a]) - distance(graph.places[at], graph.places[b]))[0];
    const beside = (sign) => graph.places.map((_, place) => place).filter((place) => {
      const own = graph.places[at];
      return graph.places[place].x === own.x && (graph.places[place].y - own.y) * sign > 0;
    });
    const next = {
      ArrowLeft: () => nearest(graph.near[at].up.map(([place]) => place)), ArrowRight: () => nearest(graph.near[at].down.map(([place]) => place)),
      ArrowUp: () => nearest(beside(-1)), ArrowDown: () => nearest(beside(1)),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    const target = next();
    if (target === undefined) return;
    graph.boxes[target].focus({ preventScroll: true });
    movable.center(graph.places[target].x + 60, graph.places[target].y + NODE_HEIGHT / 2);
  });
}

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

"""#
}
