// Tasks: the distribution of each, and one task's page with every model.

function renderTasks(now, before, force) {
  if (state.v !== "tasks") return;
  if (!force && !changed(before, "v", "task", "lang")) return;
  put(byId("tasks"), ...(state.task ? taskPage(columnOf.get(state.task)) : taskList()));
}

function taskList() {
  const groups = new Map();
  board.columns.forEach((entry) => groups.set(entry.domain, [...(groups.get(entry.domain) || []), entry]));
  const shared = { low: 0, high: 100, ticks: ticksOf(0, 100, 5) };
  const lines = [...groups].map(([domain, entries]) => el("section", {},
    el("h3", { class: "task-group" }, domainTitle(domain) || say("tasks")),
    entries.map((entry) => {
      const axis = entry.scale === 100 ? shared : withTicks(axisOf(entry, everyModel), 4);
      const known_ = bestFirst(entry);
      return el("a", { class: "task-line", href: `#v=tasks&task=${entry.id}` },
        el("span", { class: "task-name" }, told(entry.title), el("span", { class: "task-key" }, `${entry.metric}${isUp(entry) ? "" : ` · ${say("lower")}`}${entry.prompts.length > 1 ? ` · ${say("best.of.short", { n: entry.prompts.length })}` : ""}`)),
        el("span", { class: "lane-box" }, lane(axis, null, { others: rug(entry), chance: entry.chance })),
        el("span", { class: "task-facts num" }, known_.length ? say("task.range", { low: show(numberOf(entry, known_[known_.length - 1]).value, entry.digits), high: show(numberOf(entry, known_[0]).value, entry.digits) }) : say("missing")));
    })));
  return [
    el("div", { class: "view-head" }, el("h2", { id: "tasks-heading" }, say("view.tasks")), el("p", {}, say("tasks.note"), everyModel.length > RUG ? ` ${say("tasks.thinned", { n: RUG })}` : "")),
    el("div", { class: "task-list" },
      board.columns.some((entry) => entry.scale === 100) ? el("div", { class: "task-axis" }, el("span"), tickRow(shared)) : null,
      lines),
  ];
}

function taskPage(place) {
  const entry = board.columns[place];
  const order = bestFirst(entry);
  const axis = withTicks(axisOf(entry, everyModel), 6);
  const lacking = everyModel.filter((index) => entry.value[index] === null);
  const shots = [...new Set(entry.protocols.map((protocol) => protocol[1]))].filter((count) => count !== null);
  const versions = [...new Set(entry.protocols.map((protocol) => protocol[0]))].filter(Boolean);
  const sizes = [...new Set(entry.n.filter((count) => count !== null))].sort((one, other) => one - other);
  return [
    el("a", { class: "back", href: "#v=tasks&task=" }, `← ${say("view.tasks")}`),
    el("div", { class: "task-page" },
      el("div", {},
        el("h2", { id: "tasks-heading" }, told(entry.title)),
        el("p", { class: "muted" }, told(entry.description)),
        pairs([
          [say("task"), name(entry.task)],
          [say("metric"), entry.metric + (isUp(entry) ? "" : ` (${say("lower")})`)],
          [say("filter"), entry.filter],
          [say("domain"), domainTitle(entry.domain)],
          [say("weight"), entry.weight ? `${Number((100 * entry.weight / totalWeight()).toPrecision(3))} %` : say("weight.none")],
          [say("chance"), show(entry.chance, entry.digits)],
          [say("items"), sizes.length ? (sizes.length > 1 ? `${sizes[0]}–${sizes[sizes.length - 1]}` : String(sizes[0])) : ""],
          [say("shots"), shots.join(", ")],
          [say("task.version"), versions.slice(0, 8).join(", ")],
          [say("prompts"), entry.prompts.length > 1 ? `${entry.prompts.length}: ${entry.prompts.join(", ")}` : ""],
        ])),
      el("div", {},
        order.length ? swarm(entry, axis) : el("p", { class: "empty" }, say("missing")),
        order.length ? el("div", { class: "score-axis" }, el("span"), tickRow(axis)) : null,
        el("div", { class: "score-lines" },
          order.slice(0, 200).map((index) => scoreLine(entry, place, index, axis)),
          order.length > 200 ? el("p", { class: "muted num" }, `+ ${order.length - 200}`) : null,
          lacking.slice(0, 100).map((index) => el("div", { class: "score-line" }, modelLink(index), el("span", { class: "missing" }, missingReason(index, entry.id)), el("span", { class: "missing value" }, say("missing"))))))),
  ];
}

function totalWeight() {
  return board.columns.reduce((sum, entry) => sum + entry.weight, 0);
}

function modelLink(index) {
  return el("a", { href: `#open=model.${models.id[index]}` }, name(models.name[index]));
}

function scoreLine(entry, place, index, axis) {
  const number = numberOf(entry, index);
  const tag = bestTag(entry, index);
  return el("div", { class: "score-line" }, modelLink(index), lane(axis, number, { chance: entry.chance }),
    el("span", { class: "value num" }, button({ "data-tip": `${models.id[index]}.${entry.id}` }, () => go({ open: `cell.${models.id[index]}.${entry.id}` }),
      entry.constant[index] ? el("span", { class: "warn", role: "img", "aria-label": say("constant") }, "△ ") : null, show(number.value, entry.digits), tag)),
    el("span", { class: "read" }, hasItems(index, place) ? button({ class: "text-button" }, () => go({ open: `items.${models.id[index]}.${entry.id}` }), say("items.read.short"), el("span", { class: "unseen" }, models.name[index])) : null));
}
