// SQL with or without Jinja, in colors.

const KEYWORDS = new Set(`add all alter analyze and anti any array as asc asof attach begin between both by cascade case cast check
  collate column commit constraint copy create cross cube current database default delete desc describe distinct do drop
  else end escape except exclude exists explain extract false fetch filter first following for foreign from full function
  generated grant group grouping having if ignore ilike in index inner insert install intersect interval into is join key
  lambda last lateral leading left like limit load macro map match materialized merge natural no not null nulls of offset
  on only or order ordinality outer over overlaps partition pivot positional pragma preceding primary qualify range
  recursive references replace respect returning right rollback rollup row rows sample schema select semi set sets show
  similar some struct summarize symmetric table tablesample temp temporary then to trailing transaction trigger true
  truncate try_cast unbounded union unique unnest unpivot update use using values view when where window with within`
  .split(/\s+/));

const SQL_TOKEN = new RegExp([
  "(?<comment>--[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$)|\\{#[\\s\\S]*?(?:#\\}|$))",
  "(?<jinja>\\{\\{[\\s\\S]*?(?:\\}\\}|$)|\\{%[\\s\\S]*?(?:%\\}|$))",
  "(?<string>'(?:[^']|'')*(?:'|$)|\\$\\$[\\s\\S]*?(?:\\$\\$|$))",
  "(?<name>\"(?:[^\"]|\"\")*(?:\"|$)|`[^`]*(?:`|$))",
  "(?<number>\\b\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?\\b)",
  "(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*)",
].join("|"), "giu");

/** The text in pieces: [kind, text], where the kind of plain text is empty. Together they are the text. */
function sqlPieces(text) {
  const pieces = [];
  let end = 0;
  for (const found of text.matchAll(SQL_TOKEN)) {
    if (found.index > end) pieces.push(["", text.slice(end, found.index)]);
    end = found.index + found[0].length;
    let kind = Object.keys(found.groups).find((name) => found.groups[name] !== undefined);
    if (kind === "word") {
      const isCall = /^\s*\(/.test(text.slice(end, end + 20));
      kind = KEYWORDS.has(found[0].toLowerCase()) ? "keyword" : isCall ? "call" : "";
    }
    pieces.push([kind, found[0]]);
  }
  if (end < text.length) pieces.push(["", text.slice(end)]);
  return pieces;
}

/** The text as an element. Beyond what anybody reads, it is shown without colors. */
function renderSQL(text) {
  const pieces = text.length > 300000 ? [["", text]] : sqlPieces(text);
  return h("code", { class: "sql" }, pieces.map(([kind, piece]) => (kind ? h("span", { class: "sql-" + kind }, piece) : piece)));
}
