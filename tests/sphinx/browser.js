/* Scenarios that run in a page beside the guide, which they open in frames. */

const PAGE = "guide/galera.html";
const scenarios = new Map();
const test = (name, run) => scenarios.set(name, run);

const open = (path, { sandbox } = {}) =>
  new Promise((resolve) => {
    const frame = document.createElement("iframe");
    Object.assign(frame.style, { width: "1000px", height: "800px" });
    if (sandbox) frame.setAttribute("sandbox", sandbox);
    frame.addEventListener("load", () => resolve(frame.contentWindow), { once: true });
    frame.src = `/${path}`;
    document.body.append(frame);
  });
const same = (seen, wanted) => {
  if (JSON.stringify(seen) !== JSON.stringify(wanted))
    throw new Error(`${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
};
const all = (view, selector) => [...view.document.querySelectorAll(selector)];
const visible = (view, group) =>
  all(view, `[data-group="${group}"] > [role=tabpanel]`)
    .filter((panel) => !panel.hidden)
    .map((panel) => panel.dataset.keys);
const tabs = (view, group) => all(view, `[data-group="${group}"] [role=tab]`);
const chosen = (view, group) => view.document.querySelector(`select[data-group="${group}"]`);
const pick = (view, group, key) => {
  chosen(view, group).value = key;
  chosen(view, group).dispatchEvent(new view.Event("change", { bubbles: true }));
};
const until = async (holds) => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`never: ${holds}`);
};
const press = (tab, key) =>
  tab.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const DEBIAN = "debian-12 ubuntu-24.04";

test("without a choice the first panel of each set is shown", async () => {
  const view = await open(PAGE);
  same(visible(view, "system"), [DEBIAN, DEBIAN]);
  same([chosen(view, "system").value, localStorage.length], ["", 0]);
  same(all(view, ".hadocs-missing").length, 0);
});

test("a click chooses for all sets, for the next page and for the address", async () => {
  const view = await open(PAGE);
  tabs(view, "system")[1].click();
  same(visible(view, "system"), ["rocky-9", "rocky-9"]);
  same(tabs(view, "system").map((tab) => tab.getAttribute("aria-selected")), [
    "false", "true", "false", "false", "true", "false",
  ]);
  same([chosen(view, "system").value, view.location.search], ["rocky-9", "?system=rocky-9"]);
  same(visible(await open("guide/haproxy.html"), "system"), ["rocky-9", "rocky-9"]);
});

test("groups are chosen apart", async () => {
  const view = await open(PAGE);
  pick(view, "system", "sles-15");
  pick(view, "shell", "pcs");
  const next = await open("guide/haproxy.html");
  same([visible(next, "system"), visible(next, "shell")], [["sles-15", "sles-15"], ["pcs"]]);
});

test("a panel that several keys share is shown for each, and a click keeps the choice", async () => {
  const view = await open(PAGE);
  pick(view, "system", "ubuntu-24.04");
  same(visible(view, "system"), [DEBIAN, DEBIAN]);
  tabs(view, "system")[0].click();
  same(chosen(view, "system").value, "ubuntu-24.04");
});

test("the address chooses, and is remembered", async () => {
  const view = await open(`${PAGE}?system=rocky-9&shell=pcs`);
  same([visible(view, "system"), visible(view, "shell")], [["rocky-9", "rocky-9"], ["pcs"]]);
  same(visible(await open(PAGE), "shell"), ["pcs"]);
});

test("a choice that the page lacks shows the first panel with a note", async () => {
  const view = await open(`${PAGE}?system=fedora-42`);
  same(visible(view, "system"), [DEBIAN, DEBIAN]);
  same(all(view, ".hadocs-missing").length, 2);
  pick(view, "system", "rocky-9");
  same(all(view, ".hadocs-missing").length, 0);
});

test("an anchor opens its panel and its fold, and is not remembered", async () => {
  const view = await open(`${PAGE}?system=rocky-9#install-system-ubuntu-24-04`);
  const target = view.document.getElementById("install-system-ubuntu-24-04");
  same([target.closest("[role=tabpanel]").hidden, target.closest("details").open], [false, true]);
  same(visible(await open("guide/haproxy.html"), "system"), ["rocky-9", "rocky-9"]);
});

test("a changed anchor opens its panel as well", async () => {
  const view = await open(PAGE);
  view.location.hash = "#bootstrap-shell-pcs";
  await until(() => visible(view, "shell")[0] === "pcs");
});

test("other windows follow", async () => {
  const [one, other] = [await open(PAGE), await open("guide/haproxy.html")];
  pick(one, "system", "rocky-9");
  await until(() => visible(other, "system")[0] === "rocky-9");
  pick(one, "system", "");
  await until(() => visible(other, "system")[0] === DEBIAN);
});

test("where storage is blocked all works, and links carry the choice", async () => {
  const view = await open(`blocked/${PAGE}`);
  tabs(view, "system")[1].click();
  same(visible(view, "system"), ["rocky-9", "rocky-9"]);
  const link = all(view, "a[href='haproxy.html']")[0];
  link.addEventListener("click", (event) => event.preventDefault());
  link.click();
  same(link.search, "?system=rocky-9");
});

test("arrows, Home and End move the focus; Enter selects as on any button", async () => {
  const view = await open(PAGE);
  const [first, second, third] = tabs(view, "system").slice(3); // the first three are folded
  first.focus();
  const at = () => view.document.activeElement.textContent;
  press(first, "ArrowRight");
  same(at(), second.textContent);
  press(second, "End");
  same(at(), third.textContent);
  press(third, "ArrowRight");
  same(at(), first.textContent);
  press(first, "ArrowLeft");
  same(at(), third.textContent);
  press(third, "Home");
  same(at(), first.textContent);
  same(visible(view, "system"), [DEBIAN, DEBIAN]);
  same([first.tagName, first.type], ["BUTTON", "button"]);
});

test("tabs, panels and their list are named for a screen reader", async () => {
  const view = await open(PAGE);
  for (const tab of all(view, "[role=tab]")) {
    const panel = view.document.getElementById(tab.getAttribute("aria-controls"));
    same([panel.getAttribute("role"), panel.getAttribute("aria-labelledby")], ["tabpanel", tab.id]);
    same(tab.parentElement.getAttribute("role"), "tablist");
    same(Boolean(tab.parentElement.getAttribute("aria-label")), true);
    same(tab.tabIndex, tab.getAttribute("aria-selected") === "true" ? 0 : -1);
  }
});

test("copying gives the exact text", async () => {
  const view = await open(PAGE);
  let copied = "";
  Object.defineProperty(view.navigator, "clipboard", {
    value: { writeText: async (text) => void (copied = text) },
  });
  const block = all(view, "#bootstrap .hadocs-code")[0];
  block.querySelector(".hadocs-copy").click();
  await until(() => copied);
  same(copied, "galera_new_cluster\nmariadb -h 10.0.0.10 <<EOF\nSHOW STATUS;\nEOF\nsync");
});

test("selecting by hand leaves the prompt out", async () => {
  const view = await open(PAGE);
  const block = all(view, "#bootstrap .hadocs-code pre")[0];
  view.getSelection().selectAllChildren(block);
  same(view.getSelection().toString().includes("root@"), false);
  same(view.getSelection().toString().includes("galera_new_cluster"), true);
});

test("without a script all panels are shown with their labels", async () => {
  const view = await open(PAGE, { sandbox: "allow-same-origin" });
  const shown = (element) => view.getComputedStyle(element).display !== "none";
  same(all(view, "[role=tabpanel]").every(shown), true);
  same(all(view, ".hadocs-panel-title").every(shown), true);
  same(all(view, "[role=tablist], .hadocs-chooser").some(shown), false);
});

test("printed, all panels are shown with their labels", async () => {
  const view = await open(PAGE);
  for (const sheet of view.document.styleSheets)
    for (const rule of sheet.cssRules)
      if (rule.media?.mediaText === "print") rule.media.mediaText = "all";
  const shown = (element) => view.getComputedStyle(element).display !== "none";
  same(all(view, "[role=tabpanel]").every(shown), true);
  same(all(view, ".hadocs-panel-title").every(shown), true);
  same(all(view, "[role=tablist], .hadocs-chooser, .hadocs-copy").some(shown), false);
  view.dispatchEvent(new view.Event("beforeprint"));
  same(all(view, "details").every((fold) => fold.open), true);
  view.dispatchEvent(new view.Event("afterprint"));
  same(all(view, "details").some((fold) => fold.open), false);
});

const luminance = (rgb) => {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const colour = (text) => text.match(/[\d.]+/g).map(Number);
const ground = (view, element) => {
  for (let around = element; around; around = around.parentElement) {
    const found = colour(view.getComputedStyle(around).backgroundColor);
    if (found.length === 3 || found[3] > 0) return found;
  }
  return [255, 255, 255];
};
const READ = [
  ".sphinx-tabs-tab", ".hadocs-node", ".hadocs-badge", ".hadocs-missing", ".hadocs-caption",
  ".value", ".hadocs-prompt", ".hadocs-copy", ".hadocs-chooser label", ".hadocs-chooser select",
  "summary", ".hadocs-code pre", ".hadocs-code pre span",
];
for (const theme of ["light", "dark"]) {
  test(`everything can be read in ${theme}`, async () => {
    const view = await open(`${PAGE}?system=fedora-42`);
    view.document.body.dataset.theme = theme;
    for (const element of all(view, READ.join(","))) {
      if (!element.textContent.trim()) continue;
      const pair = [colour(view.getComputedStyle(element).color), ground(view, element)];
      const [dim, bright] = pair.map((rgb) => luminance(rgb.slice(0, 3))).sort((a, b) => a - b);
      const contrast = (bright + 0.05) / (dim + 0.05);
      if (contrast < 4.5) throw new Error(`${element.className} ${pair.join(" on ")}: ${contrast}`);
    }
  });
}

test("a narrow screen does not scroll sideways", async () => {
  const view = await open(PAGE);
  view.frameElement.style.width = "390px";
  await until(() => view.innerWidth === 390);
  same(view.document.documentElement.scrollWidth, view.document.documentElement.clientWidth);
  const wide = all(view, ".hadocs-chooser select, .hadocs-copy, .sphinx-tabs-tab");
  same(wide.filter((control) => control.getBoundingClientRect().right > 380), []);
});

(async () => {
  const results = {};
  for (const [name, run] of scenarios) {
    localStorage.clear();
    try {
      await run();
      results[name] = "";
    } catch (error) {
      results[name] = String(error.stack || error);
    }
    document.querySelectorAll("iframe").forEach((frame) => frame.remove());
  }
  await fetch("/results", { method: "POST", body: JSON.stringify(results) });
})();
