/* Tabs that remember, a chooser for all of them, and exact copies of commands. */
(() => {
  "use strict";

  const parameters = new URLSearchParams(location.search);
  const KEY = (group) => `hadocs.${group}`;

  /** What the reader chose: kept in the browser, else in the addresses of links that are followed. */
  const choices = (() => {
    const memory = new Map();
    let storage = null;
    try {
      storage = localStorage;
      storage.getItem(KEY(""));
    } catch {
      storage = null;
    }
    const set = (group, key) => {
      memory.set(group, key);
      try {
        key ? storage?.setItem(KEY(group), key) : storage?.removeItem(KEY(group));
      } catch {
        storage = null;
      }
    };
    const get = (group) => {
      if (!memory.has(group)) memory.set(group, storage?.getItem(KEY(group)) || "");
      return memory.get(group);
    };
    return { get, set, memory, lost: () => storage === null };
  })();

  /** A set of tabs as sphinx-tabs writes it. A set without a group stands alone. */
  const tabSet = (element) => ({
    element,
    group: element.dataset.group || "",
    tabs: [...element.querySelectorAll(":scope > [role=tablist] > [role=tab]")],
    panels: [...element.querySelectorAll(":scope > [role=tabpanel]")],
  });
  const keysOf = (panel) => (panel.dataset.keys || "").split(" ");

  let sets = [];
  let chooser = null;

  /** The reader's choice; without one, what is usual on the reader's system. */
  const wanted = (group) => {
    const usual = sets.find((set) => set.group === group)?.element.dataset.usual || "";
    const pairs = usual.split(" ").map((pair) => pair.split("="));
    return choices.get(group) || Object.fromEntries(pairs)[choices.get("system")] || "";
  };

  const show = (set, index) => {
    set.tabs.forEach((tab, position) => {
      tab.setAttribute("aria-selected", String(position === index));
      tab.tabIndex = position === index ? 0 : -1;
    });
    set.panels.forEach((panel, position) => {
      panel.hidden = position !== index;
    });
  };

  const nameOf = (group, key) => {
    const options = chooser?.querySelectorAll(`select[data-group="${CSS.escape(group)}"] option`);
    return [...(options || [])].find((option) => option.value === key)?.textContent || key;
  };

  /** Says above the panels that none of them is for the reader. */
  const tellMissing = (set, key) => {
    set.element.querySelector(":scope > .hadocs-missing")?.remove();
    if (!key) return;
    const note = document.createElement("p");
    note.className = "hadocs-missing";
    note.setAttribute("role", "note");
    const chosen = nameOf(set.group, key);
    note.textContent = `Not for your choice, ${chosen}: this shows ${set.tabs[0].textContent}.`;
    set.panels[0].before(note);
  };

  /** Shows *key* in all sets of *group*; in a set that lacks it, the first panel and a note. */
  const apply = (group, key) => {
    for (const set of sets.filter((candidate) => candidate.group === group)) {
      const index = set.panels.findIndex((panel) => keysOf(panel).includes(key));
      show(set, Math.max(index, 0));
      tellMissing(set, index < 0 ? key : "");
    }
    const select = chooser?.querySelector(`select[data-group="${CSS.escape(group)}"]`);
    if (!select) return;
    const known = [...select.options].some((option) => option.value === key);
    if (key && !known) select.add(new Option(`${key} (not on this page)`, key));
    select.value = key;
  };

  const writeAddress = (group, key) => {
    const address = new URL(location);
    key ? address.searchParams.set(group, key) : address.searchParams.delete(group);
    try {
      history.replaceState(history.state, "", address);
    } catch {
      /* a page that was opened as a file may not change its address */
    }
  };

  /** The reader chooses; what is clicked stays where it is on the screen. */
  const choose = (group, key, clicked) => {
    const before = clicked?.getBoundingClientRect().top;
    choices.set(group, key);
    apply(group, wanted(group));
    if (group === "system") sets.forEach((set) => set.element.dataset.usual && apply(set.group, wanted(set.group)));
    writeAddress(group, key);
    if (clicked) scrollBy({ top: clicked.getBoundingClientRect().top - before, behavior: "instant" });
  };

  const select = (set, index) => {
    const keys = set.panels[index].dataset.keys ? keysOf(set.panels[index]) : [];
    if (!set.group || !keys.length) return show(set, index);
    const now = choices.get(set.group);
    choose(set.group, keys.includes(now) ? now : keys[0], set.tabs[index]);
  };

  const STEPS = {
    ArrowRight: (at, count) => (at + 1) % count,
    ArrowLeft: (at, count) => (at - 1 + count) % count,
    Home: () => 0,
    End: (_, count) => count - 1,
  };

  /** Arrows move the focus; Enter and Space click, as on any button. */
  const listen = (set) => {
    set.tabs.forEach((tab, index) => {
      tab.addEventListener("click", () => select(set, index));
      tab.addEventListener("keydown", (event) => {
        const step = STEPS[event.key];
        if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        const next = set.tabs[step(index, set.tabs.length)];
        tab.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
      });
    });
  };

  /** Opens every panel and fold around the target of the address. */
  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    let hidden = false;
    for (let around = target; around; around = around.parentElement) {
      if (around.tagName === "DETAILS" && !around.open) around.open = hidden = true;
      const set = sets.find((candidate) => candidate.panels.includes(around));
      if (!set || !around.hidden) continue;
      hidden = true;
      const keys = keysOf(around);
      set.group ? apply(set.group, keys[0]) : show(set, set.panels.indexOf(around));
    }
    if (hidden) target.scrollIntoView();
  };

  const copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.style.position = "fixed";
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };

  const addCopyButton = (block) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "hadocs-copy";
    button.textContent = "Copy";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await copyText(block.dataset.copy);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1600);
    });
    block.append(button);
  };

  /** Without storage, a choice travels in the links. */
  const carry = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!choices.lost() || !link || link.origin !== location.origin) return;
    if (link.pathname === location.pathname && link.hash) return;
    const address = new URL(link.href);
    choices.memory.forEach((key, group) => key && address.searchParams.set(group, key));
    link.href = address;
  };

  const openAll = () => {
    document.querySelectorAll("details:not([open])").forEach((fold) => {
      fold.open = true;
      fold.dataset.printed = "";
    });
  };
  const closeAgain = () => {
    document.querySelectorAll("details[data-printed]").forEach((fold) => {
      fold.open = false;
      delete fold.dataset.printed;
    });
  };

  const start = () => {
    sets = [...document.querySelectorAll(".sphinx-tabs")].map(tabSet);
    chooser = document.querySelector(".hadocs-chooser");
    sets.forEach(listen);
    const groups = new Set(sets.map((set) => set.group).filter(Boolean));
    for (const group of groups) {
      const asked = parameters.get(group);
      if (asked) choices.set(group, asked);
    }
    groups.forEach((group) => apply(group, wanted(group)));
    sets.filter((set) => !set.group).forEach((set) => show(set, 0));
    chooser?.addEventListener("change", (event) => {
      choose(event.target.dataset.group, event.target.value, event.target);
    });
    document.querySelectorAll("[data-copy]").forEach(addCopyButton);
    document.documentElement.dataset.hadocs = "ready";
    openTarget();
    addEventListener("hashchange", openTarget);
    addEventListener("storage", (event) => {
      const group = [...groups].find((candidate) => KEY(candidate) === event.key);
      if (!group) return;
      choices.memory.set(group, event.newValue || "");
      groups.forEach((each) => apply(each, wanted(each)));
    });
    document.addEventListener("click", carry, true);
    addEventListener("beforeprint", openAll);
    addEventListener("afterprint", closeAgain);
  };

  document.readyState === "loading" ? addEventListener("DOMContentLoaded", start) : start();
})();
