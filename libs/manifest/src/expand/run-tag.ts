const names = ['date', 'sha'] as const;

/** Lengths are those of a real date and of an abbreviated commit, so that a tag can be checked before they are known. */
const samples = { date: '20000101', sha: '000000000000' };

const placeholder = /\{\{ run\.(date|sha) \}\}/g;

/**
 * Fills in a tag that `image.json` keeps unrendered: `{{ run.date }}` (UTC, `YYYYMMDD`) and `{{ run.sha }}`
 * (abbreviated commit). A tag without them comes back as it is.
 */
export function renderRunTag(tag: string, run: { date: string; sha: string }): string {
  return tag.replace(placeholder, (_, name: 'date' | 'sha') => run[name]);
}

/** Whether a tag waits for the date or the commit of a run. */
export function usesRun(tag: string): boolean {
  return tag.search(placeholder) >= 0;
}

/** The tag as it may look in a run. */
export function sampleRunTag(tag: string): string {
  return renderRunTag(tag, samples);
}

/** Stands for `run` while tags are rendered: each value is a mark that survives rendering if nothing is done to it. */
export class RunMarks {
  #reads = 0;
  readonly scope: object = Object.defineProperties(
    {},
    Object.fromEntries(names.map((name) => [name, { enumerable: true, get: () => this.#read(name) }])),
  );

  #read(name: string): string {
    this.#reads += 1;
    return mark(name);
  }

  /** Forgets what was read for the tag before. */
  reset(): void {
    this.#reads = 0;
  }

  /** Puts the placeholders where the marks are; undefined if a filter or a condition used one for something else. */
  unmark(rendered: string): string | undefined {
    let found = 0;
    let text = rendered;
    for (const name of names) {
      const parts = text.split(mark(name));
      found += parts.length - 1;
      text = parts.join(`{{ run.${name} }}`);
    }
    return found < this.#reads || text.includes('\ue000') || text.includes('\ue001') ? undefined : text;
  }
}

// Private-use characters, which no tag may hold.
function mark(name: string): string {
  return `\ue000${name}\ue001`;
}
