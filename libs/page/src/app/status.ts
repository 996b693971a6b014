import type { PageImage } from '../data.ts';
import { h } from './dom.ts';

export type Status = 'pushed' | 'built' | 'outdated' | 'stale' | 'missing' | 'unknown' | 'never';

/** In the order of the legend; each colour has a label. */
export const statuses: Record<Status, { label: string; meaning: string }> = {
  pushed: { label: 'pushed', meaning: 'built from the current files, and in every repository under every tag' },
  built: { label: 'built', meaning: 'built from the current files, and in the engine' },
  outdated: { label: 'out of date', meaning: 'built from former files' },
  stale: { label: 'stale files', meaning: 'the generated files are not those of the manifest and its templates' },
  missing: { label: 'missing', meaning: 'built from the current files, but gone from the engine' },
  unknown: { label: 'unknown', meaning: 'built from the current files; no engine answered' },
  never: { label: 'not built', meaning: 'never built on this machine' },
};

export function isStatus(text: string): text is Status {
  return Object.hasOwn(statuses, text);
}

/** One word for an image: the most urgent status wins. */
export function statusOf({ upToDate, built, pushed }: PageImage): Status {
  if (!upToDate) return 'stale';
  if (built !== 'built') return isStatus(built) ? built : 'unknown';
  return pushed === 'pushed' ? 'pushed' : 'built';
}

/** A coloured dot with its label. */
export function statusBadge(status: Status): HTMLElement {
  return h('span', { class: 'status', 'data-status': status }, statuses[status].label);
}
