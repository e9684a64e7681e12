"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = id => document.getElementById(id);
const normal = text => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

const initials = text => data.initials[text] || "";
const byName = new Intl.Collator("zh-Hans-CN").compare;

// Elements know who uses them; every entry knows what may be searched, the most telling words first.
const elements = new Map(data.elements.map(e => [e.code, { ...e, uses: [] }]));
const feeds = new Map(data.feeds.map(f => [f.code, f]));
for (const feed of feeds.values())
  for (const column of feed.columns) elements.get(column.element)?.uses.push({ feed, column });
for (const e of elements.values()) {
  e.feeds = new Set(e.uses.map(u => u.feed));
  const others = new Set([...e.aliases || [], ...e.uses.map(u => u.column.label)]);
  e.cited = e.standard && `${e.standard}《${data.standards[e.standard]}》`;
  entry(e, e.label, e.source, e.group, [...others].filter(a => a !== e.label), [e.name, e.cited, e.note]);
}
for (const f of feeds.values())
  entry(f, f.title, f.department, f.domain, f.columns.map(c => c.label), [f.purpose]);
function entry(item, title, department, group, others, rest) {
  const words = [title, item.code, ...others, ...rest, department, group].filter(Boolean);
  Object.assign(item, { title, department, group, others,
    search: words.map(normal), initials: [title, ...others].map(initials) });
}

/** How well an entry answers one word, 0 the best; Infinity when it does not. */
function rank(item, word) {
  const [title, code] = item.search;
  if (title === word || code === word) return 0;
  if (title.startsWith(word)) return 1;
  if (title.includes(word)) return 2;
  if (item.search.slice(2, 2 + item.others.length).includes(word)) return 3;
  if (item.search.some(text => text.includes(word))) return 4;
  if (item.initials.some(text => text.startsWith(word))) return /^[a-z]+$/.test(word) ? 2 : 5;
  return Infinity;
}

function find(items, state) {
  const words = state.q.split(/\s+/).map(normal).filter(Boolean);
  return [...items.values()]
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
  return Object.fromEntries([...fields, "view"].map(name => [name, hash.get(name) || ""]));
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
const level = item => h("span", { class: "level " + item.level, title: data.classes[item.level] }, item.level);
const link = (item, text) => h("a", { href: address({ view: item.code }) }, text);
const yes = value => (value ? "是" : "");
const codes = item => (item.codes || []).map(([code, label]) => (label ? `${code} ${label}` : code)).join("、");
const words = (...parts) => parts.flat().filter(Boolean).join("；");

function table(heads, rows) {
  const body = rows.map(cells => h("tr", null, cells.map(c =>
    h("td", typeof c === "string" && c.length > 6 ? null : { class: "thin" }, c ?? ""))));
  return h("table", null, h("thead", null, h("tr", null, heads.map(text => h("th", { scope: "col" }, text)))),
    h("tbody", null, body));
}
const facts = rows => h("dl", null, rows.filter(([, value]) => value).map(([name, value]) =>
  h("div", value.length > 26 ? { class: "wide" } : null, h("dt", null, name), h("dd", null, value))));
const section = (title, ...content) => [h("h2", null, title), ...content];

/** What a column may hold; a long list is the element's to show. */
function values(column) {
  const list = column.codes || elements.get(column.element)?.codes || [];
  return list.length > 12 ? `${list.length} 个代码，见数据元` : codes({ codes: list });
}

function elementPage(e) {
  const uses = e.uses.map(({ feed, column }) => [link(feed, feed.code), link(feed, feed.title), feed.department,
    column.label, h("code", null, column.name), yes(column.key), yes(column.required), level(column)]);
  const departments = new Set([...e.feeds].map(f => f.department)).size;
  return [h("h1", null, e.title, h("small", null, "数据元 " + e.code)),
    facts([["英文名称", h("code", null, e.name)], ["分类", e.group], ["类型与格式", e.type], ["代码取值", codes(e)],
      ["标准依据", e.cited], ["数源部门", e.source], ["数据分级", `${e.level} ${data.classes[e.level]}`],
      ["共享属性", e.sharing], ["更新频率", e.frequency], ["个人信息标记", words(e.marks || [])],
      ["其他名称", (e.aliases || []).join("、")], ["说明", e.note]]),
    section("一次采集、多方利用", h("p", null, e.feeds.size
      ? `由${e.source}负责，${departments} 个部门的 ${e.feeds.size} 个数据源在用。` : "暂无数据源使用。"),
    e.uses.length ? table(["代码", "数据源", "提供部门", "表头", "字段", "主键", "必填", "分级"], uses) : "")];
}

function feedPage(f) {
  const rows = f.columns.map((c, i) => [String(i + 1), link(elements.get(c.element) || f, c.label),
    h("code", null, c.name), c.type, yes(c.key), yes(c.required), level(c),
    words(values(c), c.note, c.marks || []), (c.aliases || []).join("、")]);
  return [h("h1", null, f.title, h("small", null, "数据源 " + f.code)), facts(f.facts),
    section("数据项", table(["序号", "表头", "字段", "类型与格式", "主键", "必填", "分级", "取值与说明", "可用的其他表头"], rows)),
    section("整份退回的情形", h("ul", null, f.refusals.map(text => h("li", null, text))))];
}

function overview() {
  const all = [...feeds.values()], figure = (n, text) => h("span", null, h("b", null, String(n)), text);
  const reused = [...elements.values()].filter(e => e.feeds.size > 1);
  const most = reused.sort((a, b) => b.feeds.size - a.feeds.size).slice(0, 10);
  return [h("h1", null, "数据目录"), h("div", { class: "figures" }, figure(elements.size, "个数据元"),
    figure(feeds.size, "个数据源"), figure(new Set(all.map(f => f.department)).size, "个提供部门"),
    figure(reused.length, "个数据元被两个以上数据源共用")),
  section("共用最多的数据元", h("p", null, most.flatMap((e, i) => [i ? "　" : "", link(e, e.title), ` ${e.feeds.size}`]))),
  section("数据源", table(["代码", "名称", "提供部门", "周期", "分级", "用途"],
    all.map(f => [link(f, f.code), link(f, f.title), f.department, f.cadence, level(f), f.purpose])))];
}

function hit(item, query, view) {
  const word = query.split(/\s+/).map(normal).filter(Boolean)[0] || "";
  const other = word && !normal(item.title).includes(word)
    && item.others.find(a => normal(a).includes(word) || initials(a).startsWith(word));
  const place = word ? item.title.toLowerCase().indexOf(word) : -1, end = place + word.length;
  const title = place < 0 ? item.title
    : [item.title.slice(0, place), h("mark", null, item.title.slice(place, end)), item.title.slice(end)];
  const used = item.feeds ? `${item.feeds.size} 个数据源在用` : item.cadence;
  return h("a", { href: address({ view: item.code }), ...(view === item.code && { "aria-current": "true" }) },
    h("span", { class: "top" }, h("b", null, title), level(item), h("code", null, item.code)),
    h("small", null, (other ? `${item.feeds ? "又称" : "含"} ${other} · ` : "") + `${item.department} · ${used}`));
}

function show() {
  const now = state(), found = [["数据元", find(elements, now)], ["数据源", find(feeds, now)]];
  for (const name of fields) if (at(name).value !== now[name]) at(name).value = now[name];
  at("count").textContent = found.map(([name, items]) => `${name} ${items.length} 个`).join("，");
  at("hits").replaceChildren(...found.filter(([, items]) => items.length).flatMap(([name, items]) =>
    [h("h2", null, name), ...items.map(item => hit(item, now.q, now.view))]));
  if (!at("hits").hasChildNodes()) at("hits").append(h("p", null, "没有找到。可以换一个说法，或清空上面的条件。"));
  const item = elements.get(now.view) || feeds.get(now.view);
  at("right").replaceChildren(...(item ? (item.feeds ? elementPage(item) : feedPage(item)) : overview()).flat());
  at("right").scrollTop = 0;
  document.title = (item ? `${item.code} ${item.title} · ` : "") + "基层治理数据目录";
  at("hits").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

function choices(id, groups) {
  for (const [name, values] of groups) {
    const options = [...new Set(values)].map(v => h("option", { value: v }, data.classes[v] ? `${v} ${data.classes[v]}` : v));
    at(id).append(...(name ? [h("optgroup", { label: name }, options)] : options));
  }
}
const both = [...elements.values(), ...feeds.values()];
choices("department", [["", both.map(i => i.department).sort(byName)]]);
choices("group", [["数据元", [...elements.values()].map(e => e.group)], ["数据源", [...feeds.values()].map(f => f.group)]]);
choices("level", [["", Object.keys(data.classes)]]);
choices("sharing", [["", both.map(i => i.sharing).sort(byName)]]);

function changed() {
  history.replaceState(null, "", address(Object.fromEntries(fields.map(name => [name, at(name).value]))));
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
