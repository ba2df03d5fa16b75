// Checks the scripts of the documentation's page, without a browser: node check.js
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { makeDocument } = require("./document.js");

const FOLDER = path.join(__dirname, "../../../Web/documentation");
const read = (name) => fs.readFileSync(path.join(FOLDER, name), "utf8");
const order = fs.readFileSync(path.join(__dirname, "../../../scripts/pages.py"), "utf8").match(/SCRIPTS = \[([^\]]*)\]/)[1].match(/[a-z-]+/g);

/** What some of the scripts define. */
function load(names, wanted, world = makeDocument()) {
  const text = names.map((name) => read(name + ".js")).join("\n");
  return new Function(...Object.keys(world), `"use strict";\n${text}\nreturn { ${wanted} };`)(...Object.values(world));
}

const { parseMarkdown, plainText } = load(["markdown-inline", "markdown"], "parseMarkdown, plainText");
const { sqlPieces } = load(["dom", "sql"], "sqlPieces");
const { safeAddress, safeColor } = load(["dom"], "safeAddress, safeColor");
const { layOut } = load(["layout"], "layOut");

const tests = [];
const test = (name, body) => tests.push([name, body]);

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
/** A tree as markup. */
const markup = (tree) => tree.map((item) => {
  if (typeof item === "string") return escaped(item);
  const attributes = Object.entries(item[1]).filter(([, value]) => value !== null && value !== false && value !== undefined && value !== "")
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${value}"`)).join("");
  return ["br", "hr", "img", "input"].includes(item[0]) ? `<${item[0]}${attributes}>` : `<${item[0]}${attributes}>${markup(item[2])}</${item[0]}>`;
}).join("");

const MARKDOWN = [
  ["plain", "<p>plain</p>"],
  ["# One\ntext", "<h2>One</h2><p>text</p>"],
  ["Two\n===\nThree\n---", "<h2>Two</h2><h3>Three</h3>"],
  ["a *b* **c** ***d*** _e_ __f__ ~~g~~", "<p>a <em>b</em> <strong>c</strong> <em><strong>d</strong></em> <em>e</em> <strong>f</strong> <del>g</del></p>"],
  ["snake_case_name and 2 * 3 * 4", "<p>snake_case_name and 2 * 3 * 4</p>"],
  ["**bold *both* bold**", "<p><strong>bold <em>both</em> bold</strong></p>"],
  ["`a*b*` `` ` ``", "<p><code>a*b*</code> <code>`</code></p>"],
  ["\\*not\\* \\<b>", "<p>*not* &lt;b&gt;</p>"],
  ["line  \nbreak\nsoft\\\nhard", "<p>line<br>break\nsoft<br>hard</p>"],
  ["- a\n- b\n  - c\n- [x] d\n- [ ] e", '<ul><li>a</li><li>b<ul><li>c</li></ul></li><li><input type="checkbox" disabled checked> d</li><li><input type="checkbox" disabled> e</li></ul>'],
  ["3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'],
  ["1. a\n2. b\n\n   more", "<ol><li><p>a</p></li><li><p>b</p><p>more</p></li></ol>"],
  ["* a\n\n* b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"],
  ["> q\n> > r\nlazy", "<blockquote><p>q</p><blockquote><p>r\nlazy</p></blockquote></blockquote>"],
  ["```sql\nselect '<b>'\n```\nafter", '<pre language="sql"><code>select \'&lt;b&gt;\'\n</code></pre><p>after</p>'],
  ["~~~\nopen", "<pre><code>open\n</code></pre>"],
  ["    code\n\n    more\ntext", "<pre><code>code\n\nmore\n</code></pre><p>text</p>"],
  ["| a | b |\n|:--|--:|\n| 1 | x \\| y |\n| 2 |", '<table><thead><tr><th>a</th><th align="right">b</th></tr></thead><tbody><tr><td>1</td><td align="right">x | y</td></tr><tr><td>2</td><td align="right"></td></tr></tbody></table>'],
  ["---\n***", "<hr><hr>"],
  ['[a](b "t") [*c*](<d e>) ![i](j.png)', '<p><a href="b" title="t">a</a> <a href="d e"><em>c</em></a> <img src="j.png" alt="i" loading="lazy"></p>'],
  ["[a][r] [r] [none]\n\n[R]: https://x.y 'z'", '<p><a href="https://x.y" title="z">a</a> <a href="https://x.y" title="z">r</a> [none]</p>'],
  ["[a [b](c)](d)", '<p>[a <a href="c">b</a>](d)</p>'],
  ["<https://a.b> and me@x.y or <me@x.y>", '<p><a href="https://a.b">https://a.b</a> and me@x.y or <a href="mailto:me@x.y">me@x.y</a></p>'],
  ["see https://a.b/c_(d). www.e.f!", '<p>see <a href="https://a.b/c_(d)">https://a.b/c_(d)</a>. <a href="https://www.e.f">www.e.f</a>!</p>'],
  ["&amp; &copy; &#65; &#x42; &bogus; &constructor;", "<p>&amp; © A B &amp;bogus; &amp;constructor;</p>"],
  ["a<br/>b <b>c *d*</b> <u>e", "<p>a<br>b <b>c <em>d</em></b> &lt;u&gt;e</p>"],
  ["<!-- gone -->\nhere <!-- too --> there", "<p>here  there</p>"],
  ["<div onclick=x>text</div>", "<p>&lt;div onclick=x&gt;text&lt;/div&gt;</p>"],
  ["<b onclick=x>text</b>", "<p>&lt;b onclick=x&gt;text&lt;/b&gt;</p>"],
  ["", ""],
];

for (const [text, expected] of MARKDOWN) test(`Markdown: ${JSON.stringify(text)}`, () => assert.strictEqual(markup(parseMarkdown(text)), expected));

const HOSTILE = [
  "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))",
  "[x](java\nscript:alert(1))", "[x](<java\tscript:alert(1)>)", "[x](&#106;avascript:alert(1))", "[x](javascript&colon;alert(1))", "![x](javascript:alert(1))",
  "![x](data:text/html,<script>alert(1)</script>)", "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:msgbox)", "<javascript:alert(1)>", "[x][y]\n\n[y]: javascript:alert(1)",
  '[x](a "\\" onclick=alert(1)")', "[x](\u0001javascript:alert(1))", "![\"onerror=alert(1)](x)", "`<script>`", "<b><script>alert(1)</script></b>", "<a href=javascript:alert(1)>x</a>",
  "<iframe src=//evil>", "<style>*{}</style>", "<!--><script>alert(1)</script>-->", "{{data}}", "{{script}}", "constructor", "__proto__", "toString", "'\"><x", "\u2028\u2029\u0000",
  "| a |\n|---|\n| <script> |", "```\"><script>\nx\n```", "| <b> | `|` |\n|--|--|\n", "<form action=x><input name=y>",
];

const TAGS = new Set(("p h2 h3 h4 h5 h6 em strong del code pre ul ol li input blockquote table thead tbody tr th td hr br a img b i u s kbd sub sup mark small").split(" "));
const ATTRIBUTES = new Set(["href", "title", "src", "alt", "loading", "align", "start", "type", "disabled", "checked", "language"]);

function assertHarmless(tree) {
  for (const item of tree) {
    if (typeof item === "string") continue;
    assert.ok(Array.isArray(item), `neither text nor element: ${JSON.stringify(item)}`);
    assert.ok(TAGS.has(item[0]), item[0]);
    for (const name of Object.keys(item[1])) assert.ok(ATTRIBUTES.has(name), name);
    assertHarmless(item[2]);
  }
}

test("Markdown makes known tags and attributes only, whatever it is given", () => {
  let seed = 4711;
  const random = (limit) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % limit; };
  const bits = ["*", "**", "_", "~~", "`", "``", "[", "]", "(", ")", "![", "<b>", "</b>", "<i>", "</i>", "<br>", "<!--", "-->", "&lt;", "\\", "\n", "\n\n", "> ", "- ", "1. ", "#", "|", "|--|", "    ", "```", "a", "b c", "http://x", "<http://x>", "é", "😀", "[r]: x", "=="];
  for (const text of HOSTILE) assertHarmless(parseMarkdown(text));
  for (let round = 0; round < 4000; round += 1) {
    const text = Array.from({ length: 1 + random(30) }, () => bits[random(bits.length)]).join("");
    try { assertHarmless(parseMarkdown(text)); } catch (error) { error.message += ` in ${JSON.stringify(text)}`; throw error; }
  }
});

test("Markdown that is made to take long does not", () => {
  const many = (text, count) => text.repeat(count);
  for (const text of [many("*", 50000), many("*a ", 20000), many("*a _b ", 10000), many("a**b", 20000), many("[", 30000), many("[a](", 10000), many("![a", 10000), many("`a``b```", 5000), many("<", 50000), many("<!--", 10000),
    many(">", 5000), many("> ", 2000) + "x", many("- ", 2000) + "x", many("  - a\n", 5000), many("|", 20000) + "\n" + many("|-", 20000), many("&", 50000), many("\\", 50000), many("<b>", 10000) + many("</b>", 10000), "[" + many("a", 30000) + "]", many("(", 20000), "[a](" + many("(", 20000), many("a\n", 20000), many("1) x\n", 5000)]) {
    const start = process.hrtime.bigint();
    assertHarmless(parseMarkdown(text));
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    assert.ok(seconds < 5, `${seconds} s for ${JSON.stringify(text.slice(0, 12))}…`);
  }
});

test("addresses that run something are none", () => {
  for (const text of ["javascript:alert(1)", " javascript:x", "java\nscript:x", "java\u0000script:x", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x", "java script:x"]) {
    assert.strictEqual(safeAddress(text, false), null, text);
    assert.strictEqual(safeAddress(text, true), null, text);
  }
  assert.strictEqual(safeAddress("https://a.b/c?d#e", false), "https://a.b/c?d#e");
  assert.strictEqual(safeAddress("#/node/x", false), "#/node/x");
  assert.strictEqual(safeAddress("assets/a b.png", true), "assets/a%20b.png");
  assert.strictEqual(safeAddress("data:image/png;base64,AA", true), "data:image/png;base64,AA");
  assert.strictEqual(safeAddress("data:image/png;base64,AA", false), null);
  assert.strictEqual(safeAddress("mailto:a@b.c", false), "mailto:a@b.c");
  assert.deepStrictEqual(["gold", "#1a2b3c", "red;x:y", "url(x)", "", null, "var(--x)"].map(safeColor), ["gold", "#1a2b3c", null, null, null, null, null]);
});

test("SQL in pieces is the same SQL", () => {
  const texts = ["select a.\"b c\", 'it''s', 1.5e3 -- end\nfrom {{ ref('x') }} /* c */ where {% if y %} count(*) > 0 {% endif %}", "'open", "/* open", "{{ open", "\"open", "", "é = 'ü'", "$$ x $$", "a--b", ...HOSTILE];
  for (const text of texts) assert.strictEqual(sqlPieces(text).map(([, piece]) => piece).join(""), text);
  assert.deepStrictEqual(sqlPieces("select Count(x), 'a' from {{ t }} -- c").filter(([kind]) => kind),
    [["keyword", "select"], ["call", "Count"], ["string", "'a'"], ["keyword", "from"], ["jinja", "{{ t }}"], ["comment", "-- c"]]);
});

/** A graph of layers with edges forward, the same each time. */
function graph(count) {
  let seed = 99;
  const random = (limit) => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor((seed / 2147483648) * limit); };
  const edges = [];
  for (let node = 1; node < count; node += 1) {
    for (let edge = random(4); edge > 0; edge -= 1) {
      const from = random(3) ? Math.max(0, node - 1 - random(60)) : random(node);
      if (!edges.some(([a, b]) => b === node && a === from)) edges.push([from, node]);
    }
  }
  return { sizes: Array.from({ length: count }, () => ({ width: 80 + random(120), height: 28 })), edges };
}

for (const count of [0, 1, 2, 40, 500]) {
  test(`a layout of ${count} nodes: nothing overlaps, every edge leads to the right`, () => {
    const { sizes, edges } = graph(count);
    const layout = layOut(sizes, edges);
    assert.strictEqual(layout.places.length, count);
    layout.places.forEach((a, one) => {
      assert.ok(a.x >= 0 && a.y >= 0 && a.x + sizes[one].width <= layout.width + 0.01 && a.y + sizes[one].height <= layout.height + 0.01, "outside");
      for (let other = one + 1; other < count; other += 1) {
        const b = layout.places[other];
        const isApart = a.x + sizes[one].width <= b.x || b.x + sizes[other].width <= a.x || a.y + 28 <= b.y + 0.001 || b.y + 28 <= a.y + 0.001;
        assert.ok(isApart, `${one} overlaps ${other}`);
      }
    });
    edges.forEach(([from, to], edge) => {
      const points = layout.routes[edge];
      assert.ok(layout.places[from].x + sizes[from].width < layout.places[to].x);
      assert.strictEqual(points[0].x, layout.places[from].x + sizes[from].width);
      assert.strictEqual(points.at(-1).x, layout.places[to].x);
      for (let at = 1; at < points.length; at += 1) assert.ok(points[at].x >= points[at - 1].x);
    });
  });
}

test("a chain is straight, and a source stands beside its reader", () => {
  const sizes = (count) => Array(count).fill({ width: 100, height: 28 });
  const chain = layOut(sizes(4), [[0, 1], [1, 2], [2, 3], [0, 3]]);
  assert.deepStrictEqual(chain.places.map((place) => Math.round(place.x)), [0, 172, 344, 516]);
  const straight = layOut(sizes(3), [[0, 1], [1, 2]]);
  assert.deepStrictEqual(straight.places.map((place) => place.y), [0, 0, 0]);
  const late = layOut(sizes(5), [[0, 1], [1, 2], [2, 3], [4, 3]]);
  assert.strictEqual(late.places[4].x, late.places[2].x);
});

require("./check-pages.js")({ test, assert, load, order, makeDocument, HOSTILE, plainText });

let failures = 0;
for (const [name, body] of tests) {
  try { body(); } catch (error) {
    failures += 1;
    console.error(`failed: ${name}\n${error.stack}`);
  }
}
console.log(`${tests.length - failures} of ${tests.length} passed`);
process.exit(failures ? 1 : 0);
