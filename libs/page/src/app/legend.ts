import { h } from './dom.ts';
import type { Entry } from './model.ts';
import { isStatus, statuses, type Status } from './status.ts';

/** Every status in use, with its number of images; each toggles a filter. */
export function legend(entries: readonly Entry[], chosen: Set<Status>, changed: () => void): HTMLElement[] {
  return Object.keys(statuses)
    .filter(isStatus)
    .flatMap((status) => {
      const count = entries.filter((entry) => entry.status === status).length;
      if (count === 0) return [];
      const button = h(
        'button',
        {
          type: 'button',
          class: 'chip',
          'data-status': status,
          'aria-pressed': 'false',
          title: statuses[status].meaning,
        },
        h('span', { class: 'status', 'data-status': status }, statuses[status].label),
        h('span', { class: 'number' }, String(count)),
      );
      button.addEventListener('click', () => {
        if (!chosen.delete(status)) chosen.add(status);
        button.setAttribute('aria-pressed', String(chosen.has(status)));
        changed();
      });
      return [button];
    });
}
