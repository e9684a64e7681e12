"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = id => document.getElementById(id);
const normal = text => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

const initials = text => data.initials[text] || "";
const byName = new Intl.Collator("zh-Hans-CN").compare;
const KINDS = ["数据元", "数据源", "规则", "数据表", "标签", "返还表页", "导出", "查询核验", "分析问题", "场景包", "术语"];

// Everything by its code. Elements know who uses them; every entry knows what may be searched, the most telling first.
const elements = new Map(data.elements.map(e => [e.code, { ...e, uses: [] }]));
const feeds = new Map(data.feeds.map(f => [f.code, f]));
for (const feed of feeds.values())
  for (const column of feed.columns) elements.get(column.element)?.uses.push({ feed, column });
for (const e of elements.values()) {
  e.feeds = new Set(e.uses.map(u => u.feed));
  const others = new Set([...e.aliases || [], ...e.uses.map(u => u.column.label)]);
  e.cited = e.standard && `${e.standard}《${data.standards[e.standard]}》`;
  const own = e.uses.flatMap(u => codeWords(u.column));
  entry(e, "数据元", e.label, e.source, [...others], [...codeWords(e), ...own], [e.name, e.cited, e.note]);
}
for (const f of feeds.values()) {
  const behind = f.columns.map(c => [c, elements.get(c.element)]).filter(([, e]) => e);
  const others = [...f.columns.map(c => c.label), ...f.columns.flatMap(c => c.aliases || [])];
  const values = [...f.columns.flatMap(codeWords), ...behind.flatMap(([c, e]) => (c.codes ? [] : codeWords(e)))];
  entry(f, "数据源", f.title, f.department, others, values,
    [f.purpose, ...f.columns.map(c => c.name), ...behind.flatMap(([, e]) => [e.label, ...e.aliases || []])]);
}
const aliases = new Map([...elements.values()].map(e => [e.label, e.aliases || []]));
for (const t of data.things) {
  const rows = (t.sections || []).flatMap(([, , rows]) => rows);
  const texts = [...rows.flat(), ...t.facts.map(([, value]) => value)];
  const heads = rows.map(cells => cells[0].split(/[；。 ]/)[0]);
  const others = [...t.aliases || [], ...heads.flatMap(head => [head, ...aliases.get(head) || []])];
  entry(t, t.kind, t.title, t.department, others, [], texts.filter(x => typeof x === "string"));
}
const all = new Map([...elements.values(), ...feeds.values(), ...data.things].map(item => [item.code, item]));
for (const f of feeds.values()) f.group = f.domain;

function codeWords(thing) { return (thing.codes || []).flatMap(([code, label]) => [label || code]); }
function entry(item, kind, title, department, others, values, rest) {
  others = [...new Set(others)].filter(o => o !== title);
  values = [...new Set(values)];
  Object.assign(item, { kind, title, department, others, values, initials: [title, ...others].map(initials),
    search: [title, item.code, item.aliases || [], others, values, [...rest, department, item.group || item.domain]].map(
      part => (Array.isArray(part) ? part.filter(Boolean).map(normal) : normal(part))) });
}

/** How well an entry answers one word, 0 the best; Infinity when it does not. */
function rank(item, word) {
  const [title, code, aliases, others, values, rest] = item.search;
  const has = text => text.includes(word);
  if (title === word || code === word) return 0;
  if ([title, ...aliases].some(text => text.startsWith(word))) return 1;
  if (has(title)) return 2;
  if (others.some(text => text.startsWith(word))) return 3;
  if (values.includes(word)) return 4;
  if (others.some(has)) return 5;
  if (values.some(has)) return 6;
  if (has(code) || rest.some(has)) return 7;
  if (item.initials.some(text => text.startsWith(word))) return /^[a-z]+$/.test(word) ? 2 : 8;
  return Infinity;
}

const asked = query => query.split(/\s+/).map(normal).filter(Boolean);
/** Everything that answers all words of a query and stands in the chosen parts of the filters, the best first. */
function find(state) {
  const words = asked(state.q);
  return [...all.values()]
    .filter(i => ["department", "group", "level", "sharing"].every(f => !state[f] || i[f] === state[f]))
    .map(item => ({ item, rank: words.reduce((sum, word) => sum + rank(item, word), 0) }))
    .filter(found => found.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || (b.item.feeds?.size || 0) - (a.item.feeds?.size || 0))
    .map(found => found.item);
}

// What is shown stands in the address after #, so that a view can be sent to somebody.
const fields = ["q", "department", "group", "level", "sharing"];
const state = () => {
  const hash = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries([...fields, "kind", "view"].map(name => [name, hash.get(name) || ""]));
};
function address(change) {
  const given = Object.entries({ ...state(), ...change }).filter(([, value]) => value);
  return "#" + new URLSearchParams(given);
}

function h(tag, given, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given || {})) node.setAttribute(name, value);
  node.append(...children.flat().filter(c => c !== undefined && c !== ""));
  return node;
}
const level = item => (item.level ? h("span", { class: "level " + item.level, title: data.classes[item.level] }, item.level) : "");
const link = (item, text) => h("a", { href: address({ view: item.code }) }, text);
const yes = value => (value ? "是" : "");
const codes = item => (item.codes || []).map(([code, label]) => (label ? `${code} ${label}` : code)).join("、");
const words = (...parts) => parts.flat().filter(Boolean).join("；");
/** Codes as links; with their titles where there is room. */
const links = (list, full) => list.filter(code => all.has(code)).flatMap((code, i) =>
  [i ? "、" : "", link(all.get(code), full ? `${code} ${all.get(code).title}` : code)]);

function cell(value) {
  if (Array.isArray(value)) return h("td", value.length > 1 ? null : { class: "thin" }, links(value));
  if (/^[a-z][a-z0-9_]+$/.test(value)) return h("td", { class: "thin" }, h("code", null, value));
  if (data.classes[value]) return h("td", { class: "thin" }, level({ level: value }));
  return h("td", typeof value === "string" && value.length > 6 ? null : { class: "thin" }, value ?? "");
}
/** Rows under their headings, less columns in which nothing stands. */
function table(allHeads, allRows) {
  const full = i => allRows.some(row => (Array.isArray(row[i]) ? row[i].length : row[i]));
  const told = list => list.filter((_, i) => full(i)), heads = told(allHeads), rows = allRows.map(told);
  const head = heads.length ? [h("thead", null, h("tr", null, heads.map(text => h("th", { scope: "col" }, text))))] : [];
  return h("div", { class: "wide-table" }, h("table", null, head,
    h("tbody", null, rows.map(cells => h("tr", null, cells.map(cell))))));
}
const facts = rows => h("dl", null, rows.filter(([, value]) => value && value.length !== 0).map(([name, value]) =>
  h("div", Array.isArray(value) || value.length > 26 ? { class: "wide" } : null, h("dt", null, name),
    h("dd", null, Array.isArray(value) ? links(value, true) : value))));
const section = (title, ...content) => [h("h2", null, title), ...content];
const heading = item => h("h1", null, item.title, h("small", null, `${item.kind} ${item.code}`));

/** What a column may hold; a long list is the element's to show. */
function values(column) {
  const list = column.codes || elements.get(column.element)?.codes || [];
  return list.length > 12 ? `${list.length} 个代码，见数据元` : codes({ codes: list });
}

/** Where an element or a feed goes: tables of the lake, sheets, exports; then whoever uses it, by kind. */
function onward(item) {
  const used = KINDS.map(kind => [kind, (item.used || []).filter(code => all.get(code).kind === kind)]);
  const made = (item.made || []).map(([name, columns]) => [[name], all.get(name).title, columns]);
  return [...(made.length ? section("到了哪里", h("p", null, data.comes_to.note), table(["表、表页、导出", "内容", "列"], made)) : []),
    ...section("谁在用", item.used ? facts(used) : h("p", null, "暂未用于规则、返还、导出、查询和场景包。"))];
}

function elementPage(e) {
  const uses = e.uses.map(({ feed, column }) => [[feed.code], link(feed, feed.title), feed.department,
    column.label, h("code", null, column.name), yes(column.key), yes(column.required), column.level]);
  const departments = new Set([...e.feeds].map(f => f.department)).size;
  return [heading(e),
    facts([["英文名称", e.name], ["分类", e.group], ["类型与格式", e.type], ["代码取值", codes(e)],
      ["标准依据", e.cited], ["数源部门", e.source], ["数据分级", `${e.level} ${data.classes[e.level]}`],
      ["共享属性", e.sharing], ["更新频率", e.frequency], ["个人信息标记", words(e.marks || [])],
      ["其他名称", (e.aliases || []).join("、")], ["说明", e.note]]),
    section("一次采集、多方利用", h("p", null, e.feeds.size
      ? `由${e.source}负责，${departments} 个部门的 ${e.feeds.size} 个数据源在用。` : "暂无数据源使用。"),
    e.uses.length ? table(["代码", "数据源", "提供部门", "表头", "字段", "主键", "必填", "分级"], uses) : ""), onward(e)].flat();
}

function feedPage(f) {
  const rows = f.columns.map((c, i) => [String(i + 1), link(elements.get(c.element) || f, c.label),
    h("code", null, c.name), c.type, yes(c.key), yes(c.required), c.level,
    words(values(c), c.note, c.marks || []), (c.aliases || []).join("、")]);
  return [heading(f), facts(f.facts),
    section("数据项", table(["序号", "表头", "字段", "类型与格式", "主键", "必填", "分级", "取值与说明", "可用的其他表头"], rows)),
    section("整份退回的情形", h("ul", null, f.refusals.map(text => h("li", null, text)))), onward(f)].flat();
}

const thingPage = t => [heading(t), facts(t.facts),
  ...(t.sections || []).flatMap(([title, heads, rows]) => section(title, table(heads, rows)))];

function overview() {
  const figure = kind => to({ kind }, h("b", null, String([...all.values()].filter(i => i.kind === kind).length)), kind);
  const most = [...elements.values()].sort((a, b) => b.feeds.size - a.feeds.size).slice(0, 10);
  return [h("h1", null, "数据目录"),
    h("p", { class: "lead" }, "有什么数据、谁负责、多久更新、谁在用，一处检索。例如 ",
      ["身份证", "低保", "死亡", "网格"].flatMap((q, i) => [i ? "　" : "", to({ q, view: "" }, q)])),
    h("div", { class: "figures" }, KINDS.map(figure)),
    section("共用最多的数据元", h("p", null, most.flatMap((e, i) => [i ? "　" : "", link(e, e.title), ` ${e.feeds.size}`]))),
    section("数据源", table(["代码", "名称", "提供部门", "周期", "分级", "用途"],
      [...feeds.values()].map(f => [[f.code], link(f, f.title), f.department, f.cadence, f.level, f.purpose]))),
    section("校核规则", table(["代码", "名称", "由谁解决", "责任部门"],
      data.things.filter(t => t.kind === "规则").map(t => [[t.code], link(t, t.title), t.group, t.department])))].flat();
}
function to(change, ...content) { return h("a", { href: address(change) }, ...content); }

/** Why an entry is among the hits when its title does not say so. */
function because(item, word) {
  if (!word || normal(item.title).includes(word)) return "";
  const is = text => normal(text).includes(word);
  const other = item.others.find(is) || item.others.find(o => initials(o).startsWith(word));
  const value = item.values.find(is);
  const column = item.columns?.find(c => elements.get(c.element)?.aliases?.some(is));
  if (!other && !value && column) return `含 ${column.label}（${elements.get(column.element).label}） · `;
  return other ? `${["数据元", "术语"].includes(item.kind) ? "又称" : "含"} ${other} · ` : value ? `取值 ${value} · ` : "";
}
function hit(item, query, view) {
  const word = asked(query)[0] || "", place = word ? item.title.toLowerCase().indexOf(word) : -1, end = place + word.length;
  const title = place < 0 ? item.title
    : [item.title.slice(0, place), h("mark", null, item.title.slice(place, end)), item.title.slice(end)];
  const used = item.feeds ? `${item.feeds.size} 个数据源在用` : item.cadence || item.group;
  const about = used ? `${item.department} · ${used}` : item.facts[0][1];
  return h("a", { href: address({ view: item.code }), ...(view === item.code && { "aria-current": "true" }) },
    h("span", { class: "top" }, h("b", null, title), level(item), h("code", null, item.code)),
    h("small", null, because(item, word) + about));
}

function show() {
  const now = state(), found = find(now), of = kind => found.filter(item => item.kind === kind);
  for (const name of fields) if (at(name).value !== now[name]) at(name).value = now[name];
  const chip = (kind, text, count) => h("a", { href: address({ kind, view: "" }), ...(now.kind === kind && { "aria-current": "true" }) },
    text, h("small", null, String(count)));
  at("kinds").replaceChildren(chip("", "全部", found.length), ...KINDS.filter(k => of(k).length || now.kind === k).map(k => chip(k, k, of(k).length)));
  at("count").textContent = KINDS.map(kind => `${kind} ${of(kind).length} 个`).join("，");
  const best = [...new Set(found.map(item => item.kind))].filter(kind => !now.kind || kind === now.kind);
  at("hits").replaceChildren(...best.flatMap(kind =>
    [h("h2", null, kind), ...of(kind).map(item => hit(item, now.q, now.view))]));
  if (!at("hits").hasChildNodes()) at("hits").append(h("p", null, "没有找到。可以换一个说法，或清空上面的条件。"));
  const item = all.get(now.view), page = { 数据元: elementPage, 数据源: feedPage }[item?.kind] || thingPage;
  at("right").replaceChildren(...(item ? [h("a", { class: "back", href: address({ view: "" }) }, "‹ 返回检索结果"), ...page(item)] : overview()));
  at("right").scrollTop = 0;
  document.body.className = item ? "viewing" : Object.values(now).some(Boolean) ? "searching" : "";
  document.title = (item ? `${item.code} ${item.title} · ` : "") + "基层治理数据目录";
  at("hits").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

function choices(id, groups) {
  for (const [name, values] of groups) {
    const options = [...new Set(values.filter(Boolean))].map(v => h("option", { value: v }, data.classes[v] ? `${v} ${data.classes[v]}` : v));
    at(id).append(...(name ? [h("optgroup", { label: name }, options)] : options));
  }
}
const everything = [...all.values()];
choices("department", [["", everything.map(i => i.department).sort(byName)]]);
choices("group", KINDS.map(kind => [kind, everything.filter(i => i.kind === kind).map(i => i.group)]));
choices("level", [["", Object.keys(data.classes)]]);
choices("sharing", [["", everything.map(i => i.sharing || "").sort(byName)]]);
at("more").open = fields.slice(1).some(name => state()[name]);

function changed() {
  history.replaceState(null, "", address({ ...Object.fromEntries(fields.map(name => [name, at(name).value])), view: "" }));
  show();
}
at("search").addEventListener("submit", event => { event.preventDefault(); at("hits").querySelector("a")?.click(); });
for (const name of fields) at(name).addEventListener("input", changed);
addEventListener("hashchange", show);
addEventListener("keydown", event => {
  if (event.key === "/" && !/INPUT|SELECT/.test(document.activeElement.tagName)) { event.preventDefault(); at("q").select(); }
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key], here = document.activeElement;
  if (!move || !(here === at("q") || at("hits").contains(here))) return;
  event.preventDefault();
  const stops = [at("q"), ...at("hits").querySelectorAll("a")];
  stops[Math.max(0, Math.min(stops.length - 1, stops.indexOf(here) + move))].focus();
});
show();
