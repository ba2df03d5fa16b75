// Where the nodes of a graph are drawn: layers from left to right, few crossings, parents and children side by side. It knows
// sizes and edges only, nothing of pages.

const SPACE = { layer: 72, node: 10, component: 40 };

/**
 * Places boxes so that every edge leads to the right. `sizes` has a { width, height } a box, `edges` pairs of places in it.
 * Gives { places: [{ x, y }] (left upper corners), routes: [[{ x, y }, …]] (an edge's points), width, height }.
 */
function layOut(sizes, edges) {
  const layers = layersOf(sizes.length, edges);
  const places = sizes.map(() => ({ x: 0, y: 0 }));
  const routes = edges.map(() => []);
  const parts = components(sizes.length, edges);
  const laid = parts.filter((part) => part.nodes.length > 1).map((part) => componentLayout(part, sizes, edges, layers));
  laid.sort((a, b) => b.nodes.length - a.nodes.length);
  const singles = parts.filter((part) => part.nodes.length === 1).map((part) => part.nodes[0]);
  const widest = Math.max(900, ...laid.map((part) => part.width));
  const area = sizes.reduce((sum, size) => sum + (size.width + SPACE.node) * (size.height + SPACE.node), 0);
  const shelf = { x: 0, y: 0, height: 0, width: 0, limit: Math.max(widest, Math.sqrt(area) * 1.2) };
  for (const part of laid) {
    const corner = putOnShelf(shelf, part.width, part.height, SPACE.component);
    for (const node of part.nodes) {
      places[node] = { x: corner.x + part.x.get(node), y: corner.y + part.y.get(node) };
    }
    for (const [edge, points] of part.routes) routes[edge] = points.map((p) => ({ x: corner.x + p.x, y: corner.y + p.y }));
  }
  if (laid.length && singles.length) Object.assign(shelf, { x: 0, y: shelf.y + shelf.height + SPACE.component, height: 0 });
  for (const node of singles) places[node] = putOnShelf(shelf, sizes[node].width, sizes[node].height, SPACE.node * 2);
  return { places, routes, width: shelf.width, height: shelf.y + shelf.height };
}

/** The corner for a box in rows of boxes. */
function putOnShelf(shelf, width, height, space) {
  if (shelf.x > 0 && shelf.x + width > shelf.limit) Object.assign(shelf, { x: 0, y: shelf.y + shelf.height + space, height: 0 });
  const corner = { x: shelf.x, y: shelf.y };
  shelf.width = Math.max(shelf.width, shelf.x + width);
  shelf.height = Math.max(shelf.height, height);
  shelf.x += width + space;
  return corner;
}

/** The layer of each node: behind all that it reads; what reads nothing stands close to its first reader. */
function layersOf(count, edges) {
  const children = Array.from({ length: count }, () => []);
  const waiting = new Array(count).fill(0);
  for (const [from, to] of edges) { children[from].push(to); waiting[to] += 1; }
  const isTop = waiting.map((number) => number === 0);
  const layers = new Array(count).fill(0);
  const order = [];
  for (let node = 0; node < count; node += 1) if (isTop[node]) order.push(node);
  for (let at = 0; at < order.length; at += 1) {
    for (const child of children[order[at]]) {
      layers[child] = Math.max(layers[child], layers[order[at]] + 1);
      waiting[child] -= 1;
      if (waiting[child] === 0) order.push(child);
    }
  }
  for (const node of order) {
    if (isTop[node] && children[node].length) layers[node] = Math.max(0, Math.min(...children[node].map((child) => layers[child])) - 1);
  }
  return layers;
}

/** What hangs together. */
function components(count, edges) {
  const parent = Array.from({ length: count }, (_, node) => node);
  const root = (node) => {
    while (parent[node] !== node) { parent[node] = parent[parent[node]]; node = parent[node]; }
    return node;
  };
  for (const [from, to] of edges) parent[root(from)] = root(to);
  const parts = new Map();
  const part = (node) => {
    const key = root(node);
    if (!parts.has(key)) parts.set(key, { nodes: [], edges: [] });
    return parts.get(key);
  };
  for (let node = 0; node < count; node += 1) part(node).nodes.push(node);
  edges.forEach(([from], edge) => part(from).edges.push(edge));
  return [...parts.values()];
}

function componentLayout(part, sizes, edges, layers) {
  const grid = makeGrid(part, sizes, edges, layers);
  orderLayers(grid);
  const y = verticalPlaces(grid);
  const x = [];
  let right = 0;
  for (const row of grid.rows) {
    x.push(right);
    right += Math.max(0, ...row.map((item) => grid.items[item].width)) + SPACE.layer;
  }
  const xs = new Map();
  const ys = new Map();
  grid.items.forEach((item, place) => {
    if (item.node < 0) return;
    xs.set(item.node, x[item.layer]);
    ys.set(item.node, y[place] - item.height / 2);
  });
  const routes = grid.routes.map(([edge, places]) => {
    const points = places.map((place, step) => {
      const item = grid.items[place];
      const left = x[item.layer];
      const isEnd = step === places.length - 1;
      if (item.node >= 0) return [{ x: isEnd ? left : left + item.width, y: y[place] }];
      const width = Math.max(0, ...grid.rows[item.layer].map((other) => grid.items[other].width));
      return [{ x: left, y: y[place] }, { x: left + width, y: y[place] }];
    });
    return [edge, points.flat()];
  });
  const height = Math.max(...grid.items.map((item, place) => y[place] + item.height / 2));
  return { nodes: part.nodes, x: xs, y: ys, routes, width: right - SPACE.layer, height };
}

/** Items in layers: the nodes, and points that long edges pass through. Edges from one node share their points. */
function makeGrid(part, sizes, edges, layers) {
  const items = [];
  const itemOf = new Map();
  const first = Math.min(...part.nodes.map((node) => layers[node]));
  const add = (node, layer, size) => items.push({ node, layer, ...size, up: [], down: [] }) - 1;
  for (const node of part.nodes) itemOf.set(node, add(node, layers[node] - first, sizes[node]));
  const trunks = new Map();
  const link = (from, to) => {
    if (items[from].down.includes(to)) return;
    items[from].down.push(to);
    items[to].up.push(from);
  };
  const routes = [];
  for (const edge of part.edges) {
    const [from, to] = edges[edge].map((node) => itemOf.get(node));
    if (items[from].layer >= items[to].layer) continue;
    if (!trunks.has(from)) trunks.set(from, [from]);
    const trunk = trunks.get(from);
    const length = items[to].layer - items[from].layer;
    while (trunk.length < length) {
      const point = add(-1, items[from].layer + trunk.length, { width: 0, height: 6 });
      link(trunk[trunk.length - 1], point);
      trunk.push(point);
    }
    link(trunk[length - 1], to);
    routes.push([edge, [...trunk.slice(0, length), to]]);
  }
  const rows = Array.from({ length: Math.max(...items.map((item) => item.layer)) + 1 }, () => []);
  return { items, rows, routes };
}

/** Sorts each layer so that few edges cross: first as a walk meets the items, then by the middle of their neighbours. */
function orderLayers(grid) {
  const { items, rows } = grid;
  const seen = new Array(items.length).fill(false);
  const walk = (start) => {
    const stack = [start];
    while (stack.length) {
      const place = stack.pop();
      if (seen[place]) continue;
      seen[place] = true;
      rows[items[place].layer].push(place);
      stack.push(...items[place].down.slice().reverse(), ...items[place].up.slice().reverse());
    }
  };
  items.forEach((item, place) => { if (!item.up.length) walk(place); });
  const position = new Array(items.length).fill(0);
  const number = (row) => row.forEach((place, index) => { position[place] = index; });
  rows.forEach(number);
  const rounds = items.length > 3000 ? 6 : 16;
  let best = { crossings: countCrossings(grid, position), rows: rows.map((row) => row.slice()) };
  for (let round = 0; round < rounds && best.crossings > 0; round += 1) {
    const isDown = round % 2 === 0;
    const order = rows.map((_, layer) => (isDown ? layer : rows.length - 1 - layer));
    for (const layer of order) {
      const keys = new Map(rows[layer].map((place) => [place, middle(items[place][isDown ? "up" : "down"], position) ?? position[place]]));
      rows[layer].sort((a, b) => keys.get(a) - keys.get(b) || position[a] - position[b]);
      number(rows[layer]);
    }
    const crossings = countCrossings(grid, position);
    if (crossings < best.crossings) best = { crossings, rows: rows.map((row) => row.slice()) };
  }
  best.rows.forEach((row, layer) => { rows[layer] = row; });
}

const middle = (places, position) => (places.length ? places.reduce((sum, place) => sum + position[place], 0) / places.length : null);

/** How many pairs of edges cross, layer by layer, with a tree of counts. */
function countCrossings(grid, position) {
  let crossings = 0;
  for (let layer = 0; layer + 1 < grid.rows.length; layer += 1) {
    const size = grid.rows[layer + 1].length;
    const counts = new Array(size + 1).fill(0);
    let inserted = 0;
    for (const place of grid.rows[layer]) {
      const targets = grid.items[place].down.map((other) => position[other]).sort((a, b) => a - b);
      for (const target of targets) {
        let below = 0;
        for (let at = target + 1; at > 0; at -= at & -at) below += counts[at];
        crossings += inserted - below;
      }
      for (const target of targets) {
        for (let at = target + 1; at <= size; at += at & -at) counts[at] += 1;
        inserted += 1;
      }
    }
  }
  return crossings;
}

/** The middle of each item, from above: as near to its neighbours as the order and the space between items allow. */
function verticalPlaces(grid) {
  const { items, rows } = grid;
  const y = new Array(items.length).fill(0);
  for (const row of rows) spread(row, row.map(() => 0), items, y);
  const rounds = items.length > 3000 ? 6 : 14;
  for (let round = 0; round < rounds; round += 1) {
    const sides = round >= rounds - 2 ? ["up", "down"] : round % 2 === 0 ? ["up"] : ["down"];
    const order = rows.map((_, layer) => (round % 2 === 0 ? layer : rows.length - 1 - layer));
    for (const layer of order) {
      const wanted = rows[layer].map((place) => {
        const near = sides.flatMap((side) => items[place][side]);
        return middle(near, y) ?? y[place];
      });
      spread(rows[layer], wanted, items, y);
    }
  }
  const top = Math.min(...items.map((item, place) => y[place] - item.height / 2));
  return y.map((value) => value - top);
}

/** Least squares under fixed order and least distances: neighbours that would overlap are moved as one block. */
function spread(row, wanted, items, y) {
  const blocks = [];
  let offset = 0;
  row.forEach((place, index) => {
    if (index > 0) offset += (items[row[index - 1]].height + items[place].height) / 2 + SPACE.node;
    // Points of long edges hold their place more firmly, so that those edges are straight.
    const weight = items[place].node < 0 ? 4 : 1;
    let block = { sum: (wanted[index] - offset) * weight, weight, members: [[place, offset]] };
    while (blocks.length && blocks[blocks.length - 1].sum / blocks[blocks.length - 1].weight > block.sum / block.weight) {
      const before = blocks.pop();
      before.members.push(...block.members);
      block = { sum: before.sum + block.sum, weight: before.weight + block.weight, members: before.members };
    }
    blocks.push(block);
  });
  for (const block of blocks) for (const [place, own] of block.members) y[place] = block.sum / block.weight + own;
}
