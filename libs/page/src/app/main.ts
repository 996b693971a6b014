import { buildsView } from './builds.ts';
import type { PageData } from '../data.ts';
import { Details } from './details.ts';
import { byId, h } from './dom.ts';
import { countImages, formatTime } from './format.ts';
import { gridView } from './grid.ts';
import { legend } from './legend.ts';
import { matcher, toEntries, type Entry } from './model.ts';
import type { Status } from './status.ts';
import { tabs } from './tabs.ts';
import { treeView } from './tree.ts';
import type { Shown } from './view.ts';

const views: Record<string, (shown: Shown) => HTMLElement> = { matrix: gridView, tree: treeView, builds: buildsView };

const data: PageData = JSON.parse(byId('data').textContent);
const all = toEntries(data.images);
const statuses = new Set<Status>();
const search = byId<HTMLInputElement>('search');
const details = new Details();
let current = 'matrix';

function show(): void {
  const found = all.filter(matcher(search.value, statuses));
  const shown: Shown = { all, found, filtered: found.length < all.length, open: (entry: Entry) => details.open(entry) };
  byId('count').textContent = shown.filtered
    ? `${found.length} of ${countImages(all.length)}`
    : countImages(all.length);
  byId('view').replaceChildren(found.length > 0 ? (views[current] ?? gridView)(shown) : nothing());
}

function nothing(): HTMLElement {
  if (all.length === 0) return h('p', { class: 'empty' }, 'The manifest has no images.');
  return h('p', { class: 'empty' }, 'No image matches. ', h('button', { type: 'button', click: showAll }, 'Show all'));
}

function showAll(): void {
  search.value = '';
  for (const chip of document.querySelectorAll<HTMLElement>('.chip[aria-pressed="true"]')) chip.click();
  show();
  search.focus();
}

let waiting = 0;
search.addEventListener('input', () => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(show);
});
search.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || search.value === '') return;
  event.stopPropagation();
  search.value = '';
  show();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  search.focus();
});

byId('facts').textContent = [
  data.manifest,
  ...(data.filter.length > 0 ? [`only ${data.filter.join(', ')}`] : []),
  `as of ${formatTime(data.madeAt)}`,
  `engine: ${data.engine}`,
].join(' · ');
byId('legend').replaceChildren(...legend(all, statuses, show));
const choose = tabs(Object.keys(views), (name) => {
  current = name;
  show();
  if (location.hash.slice(1) !== name) history.replaceState(null, '', `#${name}`);
});
const asked = location.hash.slice(1);
choose(Object.hasOwn(views, asked) ? asked : 'matrix');
