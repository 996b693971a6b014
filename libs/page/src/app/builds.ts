import type { PageBuild } from '../data.ts';
import { checksOf, type Check } from './checks.ts';
import { h } from './dom.ts';
import { duration as formatDuration, size as formatSize } from '@nx-image-matrix/format';
import { countImages, formatTime } from './format.ts';
import type { Entry } from './model.ts';
import { statusBadge } from './status.ts';
import { compare, type Shown } from './view.ts';

interface Built {
  entry: Entry;
  build: PageBuild;
}

interface Column {
  title: string;
  /** Descending for columns whose largest values matter. */
  order: (a: Built, b: Built) => number;
  direction: 'ascending' | 'descending';
}

const columns: Record<string, Column> = {
  image: {
    title: 'Image',
    direction: 'ascending',
    order: (a, b) => compare(a.entry.image.project, b.entry.image.project),
  },
  size: { title: 'Size', direction: 'descending', order: (a, b) => (b.build.size ?? 0) - (a.build.size ?? 0) },
  duration: { title: 'Duration', direction: 'descending', order: (a, b) => b.build.duration - a.build.duration },
  time: { title: 'Built', direction: 'descending', order: (a, b) => compare(b.build.builtAt, a.build.builtAt) },
};

let sortedBy = 'size';

/** Size and duration of the last build of each image, as bars on a common scale. */
export function buildsView(shown: Shown): HTMLElement {
  const built = builtOf(shown.found);
  if (built.length === 0) {
    return h(
      'p',
      { class: 'empty' },
      `${shown.filtered ? 'None of these images' : 'No image'} was built on this machine.`,
    );
  }
  const everything = builtOf(shown.all);
  const scale = {
    size: Math.max(1, ...everything.map(({ build }) => build.size ?? 0)),
    duration: Math.max(1, ...everything.map(({ build }) => build.duration)),
  };
  const checked = checksOf(shown.all.map(({ image }) => image));
  const body = h('tbody', {});
  const fill = (): void => {
    body.replaceChildren(
      ...built.toSorted(columns[sortedBy]?.order).map((row) => rowOf(row, scale, checked, shown.open)),
    );
  };
  fill();
  return h(
    'div',
    {},
    h('p', { class: 'summary' }, summary(built, shown.found.length)),
    h('div', { class: 'scroll' }, h('table', { class: 'builds' }, headOf(checked, fill), body)),
  );
}

function builtOf(entries: readonly Entry[]): Built[] {
  return entries.flatMap((entry) => (entry.image.lastBuild ? [{ entry, build: entry.image.lastBuild }] : []));
}

function summary(built: readonly Built[], found: number): string {
  const size = built.reduce((sum, { build }) => sum + (build.size ?? 0), 0);
  const duration = built.reduce((sum, { build }) => sum + build.duration, 0);
  const rest = found - built.length;
  return [
    `${countImages(built.length)}, ${formatSize(size)} and ${formatDuration(duration)} of building in all.`,
    ...(rest > 0 ? [`${countImages(rest)} without a build on this machine.`] : []),
    'Layers that images share count for each of them.',
  ].join(' ');
}

function headOf(checked: readonly Check[], changed: () => void): HTMLElement {
  const row = h('tr', {});
  for (const [key, { title, direction }] of Object.entries(columns)) {
    const sort = (): void => {
      sortedBy = key;
      for (const other of row.querySelectorAll('[aria-sort]')) other.removeAttribute('aria-sort');
      cell.setAttribute('aria-sort', direction);
      changed();
    };
    const button = h('button', { type: 'button', class: 'sort', click: sort }, title);
    const cell = h('th', { scope: 'col', 'aria-sort': key === sortedBy && direction }, button);
    row.append(cell);
  }
  row.append(...[...checked.map(({ title }) => title), 'Reason'].map((title) => h('th', { scope: 'col' }, title)));
  return h('thead', {}, row);
}

function rowOf(
  { entry, build }: Built,
  scale: { size: number; duration: number },
  checked: readonly Check[],
  open: (entry: Entry) => void,
): HTMLElement {
  const { image } = entry;
  return h(
    'tr',
    {},
    h(
      'th',
      { scope: 'row' },
      h(
        'button',
        {
          type: 'button',
          class: 'image',
          'data-project': image.project,
          click: () => open(entry),
        },
        h('span', { class: 'name' }, image.project),
        statusBadge(entry.status),
      ),
    ),
    barCell('size', (build.size ?? 0) / scale.size, build.size === null ? 'unknown' : formatSize(build.size)),
    barCell('duration', build.duration / scale.duration, formatDuration(build.duration)),
    h('td', { class: 'time' }, formatTime(build.builtAt)),
    ...checked.map(({ stateOf, describe }) =>
      h('td', { class: stateOf(image) === 'failed' ? 'check failures' : 'check' }, describe(image)),
    ),
    h('td', { class: 'reason' }, build.reason),
  );
}

function barCell(kind: string, share: number, text: string): HTMLElement {
  const bar = h('span', { class: `bar ${kind}` });
  bar.style.width = `${Math.max(0.5, share * 100).toFixed(2)}%`;
  return h(
    'td',
    {},
    h(
      'span',
      { class: 'measure' },
      h('span', { class: 'track', 'aria-hidden': 'true' }, bar),
      h('span', { class: 'value' }, text),
    ),
  );
}
