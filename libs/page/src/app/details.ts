import { checksOf, describeFindings } from './checks.ts';
import { byId, h } from './dom.ts';
import { duration, size } from '@nx-image-matrix/format';
import { formatTime } from './format.ts';
import type { Entry } from './model.ts';
import { statusBadge, statuses } from './status.ts';

/** The panel with the details of an image. */
export class Details {
  readonly #panel = byId('details');
  #opener: HTMLElement | null = null;

  constructor() {
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape' && !this.#panel.hidden) this.close();
    });
  }

  open(entry: Entry): void {
    if (document.activeElement instanceof HTMLElement && !this.#panel.contains(document.activeElement)) {
      this.#opener = document.activeElement;
    }
    const heading = h('h2', { tabindex: -1, id: 'details-title' }, entry.image.project);
    const close = h(
      'button',
      { type: 'button', class: 'close', 'aria-label': 'Close details', click: () => this.close() },
      '×',
    );
    this.#panel.replaceChildren(h('header', {}, heading, close), ...this.#sections(entry));
    this.#panel.hidden = false;
    this.#panel.scrollTop = 0;
    document.body.classList.add('with-details');
    heading.focus();
  }

  close(): void {
    this.#panel.hidden = true;
    document.body.classList.remove('with-details');
    if (this.#opener?.isConnected) this.#opener.focus();
    else byId('search').focus();
  }

  #sections(entry: Entry): HTMLElement[] {
    const { image, status } = entry;
    const state = h('p', { class: 'state' }, statusBadge(status), ` ${statuses[status].meaning}`);
    return [
      state,
      facts([
        ['Reference', code(image.reference)],
        ['FROM', entry.parent ? this.#link(entry.parent) : code(image.from)],
        ['Base image', code(image.baseImage)],
        ['Tags', codes(image.tags)],
        ['Floating tags', codes(image.floatingTags)],
        ['Repositories', codes(image.repositories)],
        ['Platforms', codes(image.platforms)],
        ['CUDA', image.cuda ? code(image.cuda) : undefined],
        ['Build arguments', codes(Object.entries(image.args).map(([name, value]) => `${name}=${value}`))],
        ['Differs by', codes(image.differsBy ?? [])],
        ['Staging', image.staged === 'none wanted' ? undefined : image.staged],
        ['Test files', codes(image.tests ?? [])],
        ...checksOf([image]).map(({ title, describe }): [string, string] => [title, describe(image)]),
        ['Findings', image.lastScan ? describeFindings(image.lastScan) : undefined],
        ['Scanner', image.lastScan?.tool],
        ['Build ID', code(image.buildId ?? 'none: its files cannot be read')],
        ['Folder', code(image.root)],
        ['Files', codes(image.files)],
        ['Nx tags', codes(image.nxTags)],
        ['Starts from it', list(entry.children.map((child) => this.#link(child)))],
      ]),
      ...buildSection(entry),
    ];
  }

  #link(entry: Entry): HTMLElement {
    return h('button', { type: 'button', class: 'link', click: () => this.open(entry) }, entry.image.project);
  }
}

function buildSection({ image }: Entry): HTMLElement[] {
  const build = image.lastBuild;
  const title = h('h3', {}, 'Last build');
  if (!build) return [title, h('p', {}, 'None on this machine.')];
  const pushed = Object.entries(build.pushed).map(([reference, digest]) => `${reference}@${digest}`);
  return [
    title,
    facts([
      ['When', formatTime(build.builtAt)],
      ['Reason', build.reason],
      ['Size', build.size === null ? 'unknown' : size(build.size)],
      ['Duration', duration(build.duration)],
      ['Engine', [build.engine, build.platform].filter(Boolean).join(', ')],
      ['Image ID', code(build.imageId)],
      ['Build ID', code(build.buildId === image.buildId ? 'that of the current files' : build.buildId)],
      ['Pushed', codes(pushed) ?? 'nothing'],
    ]),
  ];
}

function facts(entries: [string, HTMLElement | string | undefined][]): HTMLElement {
  const known = entries.filter((entry): entry is [string, HTMLElement | string] => entry[1] !== undefined);
  return h('dl', {}, ...known.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

function code(text: string): HTMLElement {
  return h('code', {}, text);
}

function codes(texts: readonly string[]): HTMLElement | undefined {
  return list(texts.map(code));
}

function list(items: readonly HTMLElement[]): HTMLElement | undefined {
  return items.length === 0 ? undefined : h('ul', {}, ...items.map((item) => h('li', {}, item)));
}
