// Checks whole pages over a project whose names and texts mean harm.
"use strict";

module.exports = ({ test, assert, load, order, makeDocument, HOSTILE }) => {
  /** A node of each kind for a text, with the text wherever a project can put one. */
  function hostileNodes(text, at) {
    const own = (kind, rest) => ({
      id: `${kind}.shop.${text}`, kind, name: text, package: "shop", file: `models/${text}`, line: 3, folders: ["shop", text], description: text, tags: [text], meta: { [text]: [text, { [text]: text }] },
      config: { [text]: text }, code: text, compiled: text + " compiled", properties: text, result: { status: text, message: text, at: text, failures: 2 }, ...rest,
    });
    const columns = [{ name: text, type: text, description: text, comment: text, tags: [text], meta: { [text]: text }, declared: text + "2" }, { name: "other", isMissing: true }];
    const relation = { database: text, schema: text, identifier: text, kind: text };
    return [
      own("source", { relation, columns, comment: text, source: { name: text, loader: text, freshness: { warn_after: { count: 1, period: text } }, seen: { status: text, loadedAt: text, at: text } } }),
      own("model", { relation, columns, comment: "c" + text, group: text, access: text, stored: text, color: text, reads: [at], isMissing: true, macros: [0] }),
      own("exposure", { label: text, owner: { name: text, email: text, [text]: text }, exposure: { type: text, maturity: text, url: text }, reads: [at + 1] }),
      own("load", { load: { type: text, connection: text, tables: [{ name: text, from: text, write: text, key: [text], cursor: text }] } }),
      own("test", { check: { test: text, column: text, severity: "warn", arguments: { [text]: text, values: [text] }, attached: at + 1 }, reads: [at + 1] }),
    ];
  }

  function hostileProject() {
    const nodes = HOSTILE.flatMap((text, place) => hostileNodes(text, place * 5));
    const overviews = Object.fromEntries(HOSTILE.map((text) => [text, text]));
    return {
      project: { name: HOSTILE[0], version: HOSTILE[1], target: HOSTILE[2], adapter: HOSTILE[3], generatedAt: "now" }, overviews: { "": HOSTILE.join("\n\n"), ...overviews }, nodes,
      macros: HOSTILE.map((text) => ({ id: `macro.shop.${text}`, name: text, package: text, file: text, line: 1, code: text, description: text, arguments: [{ name: text, type: text, description: text }], calls: [0] })),
      groups: HOSTILE.map((name) => ({ name, package: name, file: name, description: name, owner: { name, email: name } })), sources: HOSTILE.map((name) => ({ name, package: "shop", description: name, meta: { [name]: name } })),
    };
  }

  const KNOWN = new Set(("a b br button code blockquote dd del details div dl dt em form h1 h2 h3 h4 h5 h6 hr i img input kbd label li mark meter ol option p pre s section select small span strong sub summary sup "
    + "table tbody td th thead tr u ul svg g path rect text title canvas").split(" "));
  /** What a browser makes of an address on a page from disk. */
  const protocol = (address) => { try { return new URL(address, "file:///docs/index.html").protocol; } catch { return "none"; } };

  function assertHarmless(root) {
    let count = 0;
    for (const element of root.all()) {
      count += 1;
      assert.ok(KNOWN.has(element.tag), `element ${element.tag}`);
      for (const [name, value] of element.attributes) {
        assert.ok(!/^on/i.test(name) && name !== "style", `attribute ${name}`);
        if (name === "href") assert.ok(["file:", "http:", "https:", "mailto:", "none"].includes(protocol(value)), `link ${value}`);
        if (name === "src") assert.ok(["file:", "http:", "https:", "none"].includes(protocol(value)) || value.startsWith("data:image/"), `image ${value}`);
      }
      for (const value of Object.values(element.style)) if (typeof value === "string") assert.ok(/^[#a-z0-9.]+$/i.test(value), `style ${value}`);
    }
    return count;
  }

  /** Runs the whole page; gives a function that opens an address and gives the page's element. */
  function open(data) {
    const world = makeDocument(data);
    load(order, "project", world);
    const page = world.document.getElementById("page");
    return { world, page, go: (hash) => { world.location.hash = hash; for (const [name, action] of world.listeners) if (name === "hashchange") action(); return page; } };
  }

  test("no text of a project becomes more than text, on any page", () => {
    const data = hostileProject();
    const { go, world } = open(data);
    const names = [...data.nodes, ...data.macros].map((node) => "#/node/" + encodeURIComponent(node.id));
    const kinds = ["model", "source", "exposure", "load", "test", "macro", "seed", "constructor"].map((kind) => "#/list/" + kind);
    const others = HOSTILE.flatMap((text) => ["overview", "node", "source", "group", "list", "search"].map((kind) => `#/${kind}/${encodeURIComponent(text)}`).concat("#/" + text, "#!/model/" + text, "#/lineage?select=" + encodeURIComponent(text)));
    let count = 0;
    for (const hash of ["#/", "#/lineage", ...names, ...kinds, ...others]) {
      try { count += assertHarmless(go(hash)); } catch (error) { error.message += ` on ${hash}`; throw error; }
    }
    assert.ok(count > 20000, `only ${count} elements`);
    const side = world.document.getElementById("side");
    for (const details of side.querySelectorAll("details")) { details.open = true; details.dispatch("toggle"); }
    assertHarmless(side);
  });

  const shop = () => ({
    project: { name: "shop", target: "dev", adapter: "duckdb", generatedAt: "now" }, overviews: { "": "# Hello" }, groups: [], sources: [], macros: [],
    nodes: [
      { id: "exposure.shop.board", kind: "exposure", name: "board", package: "shop", exposure: { type: "dashboard" }, reads: [2] },
      { id: "model.shop.customers", kind: "model", name: "customers", package: "shop", file: "models/marts/customers.sql", folders: ["shop", "marts", "customers"], columns: [{ name: "order_count" }], code: "select orders from x", reads: [3] },
      { id: "model.shop.orders", kind: "model", name: "orders", package: "shop", file: "models/marts/orders.sql", folders: ["shop", "marts", "orders"], description: "Every order of the shop.", tags: ["daily"], columns: [{ name: "order_id", type: "BIGINT", description: "The key." }], relation: { database: "d", schema: "marts", identifier: "orders" }, reads: [3] },
      { id: "model.shop.stg_orders", kind: "model", name: "stg_orders", package: "shop", file: "models/staging/stg_orders.sql", folders: ["shop", "staging", "stg_orders"], tags: ["daily", "raw"], reads: [4] },
      { id: "source.shop.raw.orders", kind: "source", name: "orders", package: "shop", folders: ["shop", "raw", "orders"], source: { name: "raw" } },
      { id: "test.shop.unique_orders", kind: "test", name: "unique_orders", package: "shop", check: { test: "unique", column: "order_id", attached: 2, severity: "error" }, reads: [2], result: { status: "fail", failures: 3 } },
    ],
  });

  test("search puts names first, then columns, then texts, and looks in one field where it is told", () => {
    const { searchFor } = (() => {
      const world = makeDocument(shop());
      const { project, makeSearch } = load(order, "project, makeSearch", world);
      return { searchFor: (query) => makeSearch(project)(query).map(({ node }) => node.id.split(".").slice(0, 1).concat(node.name).join(".")) };
    })();
    assert.deepStrictEqual(searchFor("orders"), ["source.orders", "model.orders", "model.stg_orders", "test.unique_orders", "model.customers"].sort((a, b) => searchFor("orders").indexOf(a) - searchFor("orders").indexOf(b)));
    assert.deepStrictEqual(new Set(searchFor("orders").slice(0, 2)), new Set(["source.orders", "model.orders"]));
    assert.deepStrictEqual(searchFor("orders every"), ["model.orders"]);
    assert.deepStrictEqual(searchFor("tag:daily"), ["model.orders", "model.stg_orders"]);
    assert.deepStrictEqual(searchFor("column:order_count"), ["model.customers"]);
    assert.deepStrictEqual(searchFor("kind:source"), ["source.orders"]);
    assert.deepStrictEqual(searchFor('"order of the"'), ["model.orders"]);
    assert.deepStrictEqual(searchFor("nothing-like-it"), []);
    assert.deepStrictEqual(searchFor("   "), []);
  });

  test("selections mean what dbt's do", () => {
    const { project, selectNodes } = load(order, "project, selectNodes", makeDocument(shop()));
    const chosen = (text) => [...selectNodes(project, text)].map((node) => node.name).sort();
    assert.deepStrictEqual(chosen("+stg_orders"), ["orders", "stg_orders"]);
    assert.deepStrictEqual(chosen("stg_orders+1"), ["customers", "orders", "stg_orders"]);
    assert.deepStrictEqual(chosen("stg_orders+"), ["board", "customers", "orders", "stg_orders"]);
    assert.deepStrictEqual(chosen("tag:daily,tag:raw"), ["stg_orders"]);
    assert.deepStrictEqual(chosen("marts"), ["customers", "orders"]);
    assert.deepStrictEqual(chosen("path:models/marts customers"), ["customers", "orders"]);
    assert.deepStrictEqual(chosen("source:raw+1"), ["orders", "stg_orders"]);
    assert.deepStrictEqual(chosen("*_orders"), ["stg_orders", "unique_orders"]);
    assert.deepStrictEqual(chosen("@board"), ["board", "orders", "orders", "stg_orders"]);
    assert.deepStrictEqual(chosen("none tag:"), []);
  });

  test("a node's page shows its columns with their checks, and its neighbours", () => {
    const { go, world } = open(shop());
    const text = go("#/node/model.shop.orders").textContent;
    for (const part of ["Every order of the shop.", "order_id", "BIGINT", "The key.", "unique", "fail, 3 rows", "d.marts.orders", "stg_orders", "board"]) assert.ok(text.includes(part), part);
    assert.strictEqual(world.document.title, "orders · shop");
    assert.ok(go("#!/model/model.shop.orders").textContent.includes("Every order"));
    assert.ok(go("#!/overview").textContent.includes("Hello"));
    assert.ok(go("#/node/model.shop.gone").textContent.includes("Not here"));
    assert.ok(go("#/search/order_count").textContent.includes("customers"));
    assert.ok(go("#/list/model").textContent.includes("Models (3)"));
  });
};
