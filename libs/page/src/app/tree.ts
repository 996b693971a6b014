import { h } from './dom.ts';
import { countImages } from './format.ts';
import type { Entry } from './model.ts';
import { statusBadge } from './status.ts';
import { compare, type Shown } from './view.ts';

/** A tree of more images starts folded. */
const unfoldedUpTo = 60;

/** Entries folded or unfolded by hand, by external image or project name, while the page is open. */
const chosen = new Map<string, boolean>();

/** Which image starts `FROM` which, with external images at the top. */
export function treeView(shown: Shown): HTMLElement {
  const wanted = withAncestors(shown.found);
  const matches = new Set(shown.found);
  const roots = new Map<string, Entry[]>();
  for (const entry of wanted) {
    if (!entry.parent) roots.set(entry.image.from, [...(roots.get(entry.image.from) ?? []), entry]);
  }
  const list = h('ul', { class: 'tree' });
  const render = (): void => {
    list.replaceChildren(
      ...[...roots]
        .sort(([a], [b]) => compare(a, b))
        .map(([name, entries]) => externalNode(name, entries, { ...shown, wanted, matches })),
    );
  };
  const all = (unfolded: boolean): void => {
    for (const name of roots.keys()) chosen.set(name, unfolded);
    for (const { image } of shown.all) chosen.set(image.project, unfolded);
    render();
  };
  render();
  return h(
    'div',
    {},
    h(
      'p',
      { class: 'tools' },
      h('button', { type: 'button', click: () => all(true) }, 'Expand all'),
      h('button', { type: 'button', click: () => all(false) }, 'Collapse all'),
    ),
    list,
  );
}

interface Branches extends Shown {
  /** The images to show: those found, and their ancestors. */
  wanted: ReadonlySet<Entry>;
  matches: ReadonlySet<Entry>;
}

function externalNode(name: string, entries: readonly Entry[], branches: Branches): HTMLElement {
  const label = h('span', { class: 'external' }, name || 'scratch');
  return node(name, label, entries, true, branches);
}

function imageNode(entry: Entry, branches: Branches): HTMLElement {
  const { image, status, children } = entry;
  const label = h(
    'button',
    {
      type: 'button',
      class: branches.matches.has(entry) ? 'image' : 'image context',
      'data-project': image.project,
      click: () => branches.open(entry),
    },
    h('span', { class: 'name' }, image.project),
    statusBadge(status),
  );
  const below = children.filter((child) => branches.wanted.has(child));
  return node(image.project, label, below, branches.filtered || branches.all.length <= unfoldedUpTo, branches);
}

function node(
  key: string,
  label: HTMLElement,
  below: readonly Entry[],
  unfoldedAtFirst: boolean,
  branches: Branches,
): HTMLElement {
  if (below.length === 0) return h('li', { class: 'leaf' }, label);
  const item = h('li', {});
  const toggle = h('button', {
    type: 'button',
    class: 'toggle',
    'aria-label': `${key}: ${countImages(below.length)} from it`,
  });
  const list = h('ul', {});
  const set = (unfolded: boolean): void => {
    toggle.setAttribute('aria-expanded', String(unfolded));
    list.hidden = !unfolded;
    if (unfolded && list.childElementCount === 0) {
      list.append(...below.toSorted(byProject).map((entry) => imageNode(entry, branches)));
    }
  };
  toggle.addEventListener('click', () => {
    const unfolded = list.hidden !== false;
    chosen.set(key, unfolded);
    set(unfolded);
  });
  set(chosen.get(key) ?? unfoldedAtFirst);
  item.append(
    h('div', { class: 'node' }, toggle, label, h('span', { class: 'count' }, countImages(below.length))),
    list,
  );
  return item;
}

function byProject(a: Entry, b: Entry): number {
  return compare(a.image.project, b.image.project);
}

function withAncestors(entries: readonly Entry[]): Set<Entry> {
  const all = new Set<Entry>();
  for (const entry of entries) {
    for (let next: Entry | undefined = entry; next && !all.has(next); next = next.parent) all.add(next);
  }
  return all;
}
