const names = ['date', 'sha'] as const;

/** As long as a real date and an abbreviated commit, because tags are checked before these are known. */
const samples = { date: '20000101', sha: '000000000000' };

const placeholder = /\{\{ run\.(date|sha) \}\}/g;

/**
 * Fills in `{{ run.date }}` (UTC, `YYYYMMDD`) and `{{ run.sha }}` (abbreviated commit) in a tag that `image.json` keeps
 * unrendered. Returns other tags unchanged.
 */
export function renderRunTag(tag: string, run: { date: string; sha: string }): string {
  return tag.replace(placeholder, (_, name: 'date' | 'sha') => run[name]);
}

/** Whether a tag uses the date or the commit of a run. */
export function usesRun(tag: string): boolean {
  return tag.search(placeholder) >= 0;
}

/** The tag as it could look in a run. */
export function sampleRunTag(tag: string): string {
  return renderRunTag(tag, samples);
}

/** Replaces `run` while tags are rendered: each value is a mark that survives rendering unless something changes it. */
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

  /** Forgets what the previous tag read. */
  reset(): void {
    this.#reads = 0;
  }

  /** Replaces the marks with placeholders; `undefined` if a filter or a condition used a mark. */
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

// Private-use characters, which are not allowed in tags.
function mark(name: string): string {
  return `\ue000${name}\ue001`;
}
