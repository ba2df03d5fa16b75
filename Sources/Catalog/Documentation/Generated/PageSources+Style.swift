// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation/style.css: change that, and run the script.
extension PageSources {
  static let style = #"""
/* Two themes by variables; the system's choice holds until the reader makes one. */
:root {
  color-scheme: light dark;
  --back: #fff; --panel: #f6f7f9; --line: #dde1e7; --text: #1c2430; --soft: #5b6675; --link: #0b6186; --accent: #1f6f8b; --mark: #ffe9a8;
  --good: #1a7f4b; --so-so: #8a6100; --bad: #b3261e; --keyword: #8250a8; --string: #1a7f4b; --number: #a8471a; --jinja: #b3261e; --call: #0b6186;
  --model: #3b82c4; --seed: #5a9e3e; --snapshot: #7a6fd0; --source: #3d9970; --load: #c08a1e; --exposure: #d0593f; --test: #8893a3;
  --macro: #a0558f; --analysis: #64748b; --metric: #b45ea4; --shade: rgb(0 0 0 / 8%);
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
    --back: #12161c; --panel: #1a2029; --line: #2f3845; --text: #e3e8ef; --soft: #9aa6b5; --link: #6cc0e4; --accent: #6cc0e4; --mark: #6b5600;
    --good: #5fd39a; --so-so: #e2b549; --bad: #ff8a80; --keyword: #cba6f7; --string: #7fd6a4; --number: #f0a878; --jinja: #ff8a80; --call: #6cc0e4;
    --shade: rgb(0 0 0 / 40%);
  }
}
:root[data-theme="dark"] {
  --back: #12161c; --panel: #1a2029; --line: #2f3845; --text: #e3e8ef; --soft: #9aa6b5; --link: #6cc0e4; --accent: #6cc0e4; --mark: #6b5600;
  --good: #5fd39a; --so-so: #e2b549; --bad: #ff8a80; --keyword: #cba6f7; --string: #7fd6a4; --number: #f0a878; --jinja: #ff8a80; --call: #6cc0e4;
  --shade: rgb(0 0 0 / 40%);
  color-scheme: dark;
}
:root[data-theme="light"] { color-scheme: light; }

* { box-sizing: border-box; }
html, body { height: 100%; }
body {
  margin: 0; display: flex; flex-direction: column; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
}
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
a:not([href]) { color: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
main:focus { outline: none; }
code, pre, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; }
.muted { color: var(--soft); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; z-index: 9; background: var(--back); padding: 6px; }

header { display: flex; align-items: center; gap: 14px; padding: 8px 16px; border-bottom: 1px solid var(--line); background: var(--panel); }
.brand { font-weight: 650; color: var(--text); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 30vw; }
header input { flex: 1; max-width: 560px; margin: 0 auto; }
input, select, button { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: 6px; padding: 4px 9px; }
button { cursor: pointer; background: var(--panel); }
button:hover { border-color: var(--accent); }
button[aria-pressed="true"] { background: var(--accent); color: var(--back); border-color: var(--accent); }
.icon { border: 0; background: none; font-size: 18px; padding: 2px 6px; }
.menu { display: none; }

#body { flex: 1; display: flex; min-height: 0; }
#side { width: 300px; flex: none; display: flex; flex-direction: column; border-right: 1px solid var(--line); background: var(--panel); min-height: 0; }
#side > .tabs { padding: 10px 12px 6px; }
.tabs { display: flex; gap: 6px; margin-bottom: 6px; }
.tabs .copy { margin-left: auto; }
.trees { overflow: auto; flex: 1; padding: 2px 6px 30px; font-size: 14px; }
.trees ul { list-style: none; margin: 0; padding: 0 0 0 13px; }
.trees > ul { padding-left: 0; }
.trees a, .trees summary { display: flex; align-items: center; gap: 6px; padding: 2px 6px; border-radius: 5px; color: var(--text); overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.trees summary { cursor: pointer; list-style: none; }
.trees summary::before { content: "▸"; color: var(--soft); width: 10px; flex: none; }
.trees details[open] > summary::before { content: "▾"; }
.trees a:hover, .trees summary:hover { background: var(--line); text-decoration: none; }
.trees [aria-current] { background: var(--accent); color: var(--back); }
.count { color: var(--soft); font-size: 12px; margin-left: auto; }

main { flex: 1; overflow: auto; padding: 18px 28px 60px; min-width: 0; }
main > * { max-width: 1240px; }
.wide main { display: flex; flex-direction: column; padding: 10px 16px 16px; }
.wide main > * { max-width: none; }
h1 { font-size: 24px; line-height: 1.25; margin: 4px 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 26px 0 8px; }
h3 { font-size: 15px; margin: 12px 0 4px; }
.heading h1 { margin-top: 0; }
.crumbs { color: var(--soft); font-size: 13px; }

.badge { display: inline-block; font-size: 11.5px; font-weight: 600; padding: 1px 8px; border-radius: 9px; color: #fff; vertical-align: middle; letter-spacing: .02em; }
.dot { display: inline-block; width: 9px; height: 9px; border-radius: 3px; flex: none; margin-right: 5px; }
.trees .dot { margin-right: 0; }
:where(.badge, .dot, .lineage a) { --kind: var(--test); }
.badge, .dot { background: var(--kind); }
.kind-model { --kind: var(--model); } .kind-seed { --kind: var(--seed); }
.kind-snapshot { --kind: var(--snapshot); } .kind-source { --kind: var(--source); }
.kind-load { --kind: var(--load); } .kind-exposure { --kind: var(--exposure); }
.kind-macro, .kind-function { --kind: var(--macro); } .kind-analysis { --kind: var(--analysis); }
.kind-metric, .kind-semantic_model, .kind-saved_query { --kind: var(--metric); }
.outcome { font-size: 12px; font-weight: 600; margin-left: 8px; vertical-align: middle; }
.good { color: var(--good); } .so-so { color: var(--so-so); } .bad { color: var(--bad); }
.tag { display: inline-block; font-size: 12.5px; border: 1px solid var(--line); border-radius: 9px; padding: 0 8px; margin: 0 4px 2px 0; background: var(--panel); }

.facts { display: flex; flex-wrap: wrap; gap: 8px 30px; margin: 10px 0 14px; }
.facts dt { color: var(--soft); font-size: 12px; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.description { border-left: 3px solid var(--line); padding-left: 14px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; font-size: 12.5px; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 110px; }
td.text { min-width: 220px; }
td .prose > :first-child, .description .prose > :first-child { margin-top: 0; }
td .prose > :last-child { margin-bottom: 0; }
.type { color: var(--soft); overflow-wrap: break-word; }
td { min-width: 70px; }
[align="right"] { text-align: right; } [align="center"] { text-align: center; }
.checks { min-width: 150px; }
.check { display: block; font-size: 13px; overflow-wrap: anywhere; }
.checks.wide { columns: 340px; }
.refs ul, ul.plain, .results { list-style: none; margin: 0; padding: 0; }
.ref { overflow-wrap: anywhere; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr)); gap: 0 30px; }
.cards { display: flex; flex-wrap: wrap; gap: 10px; }
.card { display: flex; align-items: center; gap: 4px; border: 1px solid var(--line); border-radius: 8px; padding: 8px 14px; background: var(--panel); color: var(--text); }
.card b { font-size: 18px; margin-right: 6px; }
.coverage { display: flex; align-items: center; gap: 12px; flex-wrap: wrap; }
.coverage > span:first-child { width: 220px; }
meter { width: 220px; height: 12px; }
.results > li { padding: 9px 0; border-bottom: 1px solid var(--line); }
.results p { margin: 2px 0 0; color: var(--soft); overflow-wrap: anywhere; }
mark { background: var(--mark); color: inherit; border-radius: 2px; }
.more { margin-top: 8px; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; margin-bottom: 8px; font-size: 14px; }
.controls h1 { margin: 0; }
.controls input { width: 250px; max-width: 60vw; }

.prose { overflow-wrap: anywhere; max-width: 900px; }
td .prose, .results p { max-width: none; }
main > .prose > :first-child { margin-top: 0; }
.prose img { max-width: 100%; }
.prose table { width: auto; }
.prose th, .prose td { padding: 4px 14px 4px 0; }
.prose blockquote { margin: 8px 0; padding-left: 12px; border-left: 3px solid var(--line); color: var(--soft); }
.prose :not(pre) > code { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: 0 4px; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px; overflow: auto; margin: 6px 0; line-height: 1.45; tab-size: 4; }
pre.code { max-height: 75vh; }
pre.data { max-height: 60vh; white-space: pre-wrap; overflow-wrap: anywhere; }
td pre.data { border: 0; padding: 0; background: none; margin: 0; font-size: 12px; }
details.data { margin-top: 18px; }
details.data > summary { cursor: pointer; font-size: 16px; font-weight: 600; }
.sql-comment { color: var(--soft); font-style: italic; } .sql-string { color: var(--string); } .sql-number { color: var(--number); }
.sql-keyword { color: var(--keyword); font-weight: 600; } .sql-jinja { color: var(--jinja); } .sql-call { color: var(--call); }

.drawing { position: relative; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); overflow: hidden; }
.whole { flex: 1; min-height: 300px; display: flex; }
.whole .drawing { flex: 1; }
.lineage { width: 100%; height: 100%; display: block; cursor: grab; touch-action: none; user-select: none; }
.lineage.inset { touch-action: pan-y; }
.lineage:active { cursor: grabbing; }
.lineage path { fill: none; stroke: var(--soft); stroke-width: 1.2; opacity: .55; }
.lineage .box { fill: var(--back); stroke: var(--line); }
.lineage text { fill: var(--text); font-size: 12px; }
.lineage .bar { fill: var(--kind); }
.lineage a:hover { text-decoration: none; }
.lineage a:hover .box, .lineage a:focus-visible .box { stroke: var(--accent); stroke-width: 2; }
.lineage a:focus-visible { outline: none; }
.lineage .focus .box { stroke: var(--accent); stroke-width: 2.5; fill: var(--mark); }
.lineage.dimmed a:not(.lit), .lineage.dimmed path:not(.lit) { opacity: .13; }
.lineage path.lit { stroke: var(--accent); stroke-width: 2; opacity: 1; }
.lineage.far text { display: none; }
.lineage.far .box { fill: var(--kind); stroke: none; }
.zoom { position: absolute; right: 8px; top: 8px; display: flex; flex-direction: column; gap: 4px; }
.zoom button { width: 30px; height: 30px; padding: 0; background: var(--back); }
.legend { position: absolute; left: 10px; bottom: 6px; display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12px; color: var(--soft); pointer-events: none; background: color-mix(in srgb, var(--panel) 80%, transparent); padding: 1px 6px; border-radius: 5px; }

@media (max-width: 800px) {
  .menu { display: block; }
  header { gap: 8px; padding: 8px; }
  header input { min-width: 0; }
  #side { position: fixed; z-index: 5; top: 49px; bottom: 0; left: 0; width: min(320px, 88vw); transform: translateX(-101%); visibility: hidden; transition: transform .15s; box-shadow: 4px 0 18px var(--shade); }
  .side-open #side { transform: none; visibility: visible; }
  main { padding: 12px 14px 50px; }
  .coverage > span:first-child { width: 100%; }
}
@media print {
  header, #side, .zoom, .copy, .more, .controls { display: none; }
  html, body, #body, main { display: block; height: auto; overflow: visible; }
  pre.code { max-height: none; white-space: pre-wrap; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none; } }

"""#
}
