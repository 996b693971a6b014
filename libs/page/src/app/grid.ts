import { failuresOf } from './checks.ts';
import { h } from './dom.ts';
import { size as formatSize } from '@nx-image-matrix/format';
import type { Entry } from './model.ts';
import { moveByArrows } from './arrow-keys.ts';
import { statusBadge, statuses } from './status.ts';
import { compare, type Shown } from './view.ts';

interface Column {
  type: string;
  variant: string;
}

/** The matrix: a row for each package and distro, a column for each release type and variant. */
export function gridView({ found, open }: Shown): HTMLElement {
  const columns = columnsOf(found);
  const table = h('table', { class: 'grid', role: 'grid', 'aria-label': 'Images by package, distro and release type' });
  table.append(headOf(columns));
  for (const [name, entries] of [...groupBy(found, ({ image }) => image.package)].sort(([a], [b]) => compare(a, b))) {
    table.append(packageBody(name, entries, columns, open));
  }
  moveByArrows(table);
  return h('div', { class: 'scroll' }, table);
}

/** Parents come first. */
function columnsOf(entries: readonly Entry[]): Column[] {
  const columns = new Map<string, Column & { depth: number }>();
  for (const entry of entries) {
    const depth = depthOf(entry);
    const known = columns.get(keyOf(entry));
    if (known) known.depth = Math.min(known.depth, depth);
    else columns.set(keyOf(entry), { type: entry.image.releaseType, variant: entry.variant, depth });
  }
  const depths = new Map<string, number>();
  for (const { type, depth } of columns.values()) depths.set(type, Math.min(depth, depths.get(type) ?? depth));
  return [...columns.values()].sort(
    (a, b) =>
      (depths.get(a.type) ?? 0) - (depths.get(b.type) ?? 0) || compare(a.type, b.type) || compare(a.variant, b.variant),
  );
}

function depthOf({ parent }: Entry): number {
  return parent ? depthOf(parent) + 1 : 0;
}

function keyOf({ image, variant }: Entry): string {
  return `${image.releaseType}\n${variant}`;
}

function headOf(columns: readonly Column[]): HTMLElement {
  const types = [...groupBy(columns, ({ type }) => type)];
  const variants = columns.some(({ variant }) => variant !== '');
  const rows = variants ? 2 : 1;
  const first = h(
    'tr',
    {},
    h('th', { scope: 'col', rowspan: rows, class: 'package' }, 'Package'),
    h('th', { scope: 'col', rowspan: rows, class: 'system' }, 'Distro'),
    ...types.map(([type, { length }]) => h('th', { scope: length > 1 ? 'colgroup' : 'col', colspan: length }, type)),
  );
  const second = h(
    'tr',
    {},
    ...columns.map(({ variant }) => h('th', { scope: 'col', class: 'variant' }, variant || '–')),
  );
  return h('thead', {}, first, variants && second);
}

function packageBody(
  name: string,
  entries: readonly Entry[],
  columns: readonly Column[],
  open: (entry: Entry) => void,
): HTMLElement {
  const systems = [...groupBy(entries, ({ system }) => system)].sort(([a], [b]) => compare(a, b));
  const rows = systems.map(([system, ofSystem], index) => {
    const byColumn = new Map(ofSystem.map((entry) => [keyOf(entry), entry]));
    return h(
      'tr',
      {},
      index === 0 && h('th', { scope: 'rowgroup', rowspan: systems.length, class: 'package' }, name),
      h('th', { scope: 'row', class: 'system' }, system),
      ...columns.map(({ type, variant }) => cellOf(byColumn.get(`${type}\n${variant}`), open)),
    );
  });
  return h('tbody', {}, ...rows);
}

function cellOf(entry: Entry | undefined, open: (entry: Entry) => void): HTMLElement {
  if (!entry) return h('td', { class: 'none' });
  const { image, status } = entry;
  const size = image.lastBuild?.size;
  const failures = failuresOf(image);
  const button = h(
    'button',
    {
      type: 'button',
      class: 'cell',
      tabindex: -1,
      'data-project': image.project,
      'data-status': status,
      'aria-label': [`${image.project}: ${statuses[status].label}`, size && formatSize(size), failures]
        .filter(Boolean)
        .join(', '),
      title: image.reference,
      click: () => open(entry),
    },
    h('span', { class: 'states' }, statusBadge(status), failures !== '' && h('span', { class: 'failures' }, failures)),
    h('span', { class: 'size' }, size ? formatSize(size) : ''),
  );
  return h('td', {}, button);
}

function groupBy<T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOfItem(item));
    if (group) group.push(item);
    else groups.set(keyOfItem(item), [item]);
  }
  return groups;
}
