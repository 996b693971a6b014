import { renderLiquid } from './liquid.ts';
import { isMark, mark, RunDate } from './run-marks.ts';

/** The values of a run that a tag can use. Values that no tag uses are not read. */
export interface Run {
  /** UTC, `YYYYMMDD` */
  readonly date: string;
  /** The abbreviated commit. */
  readonly sha: string;
  /** The commit in full. */
  readonly full_sha: string;
  /** The branch, as {@link branchForTag} gives it. */
  readonly branch: string;
  /** The date in a format of `strftime`. */
  formatDate(format: string): string;
}

type Name = Exclude<keyof Run, 'formatDate'>;

/** The names in tags, with the value of each: `short_sha` is an alias of `sha`. */
const names = { date: 'date', sha: 'sha', short_sha: 'sha', full_sha: 'full_sha', branch: 'branch' } as const;

/** The names for messages. */
export const RUN_NAMES = '`run.date`, `run.sha`, `run.full_sha` and `run.branch`';

const DEFAULT_FORMAT = '%Y%m%d';
const MAX_TAG = 128;
/** Fewest characters that a tag must leave for the branch. */
const BRANCH_ROOM = 40;

const placeholder = /\{\{ run\.(date|sha|full_sha|branch)(?: \| date: "([^"]*)")? \}\}/g;

/**
 * Fills in what a tag that `image.json` keeps unrendered uses of a run: `{{ run.date }}`, `{{ run.sha }}` and so on. A
 * branch is cut where the tag would get too long. Returns other tags unchanged.
 */
export function renderRunTag(tag: string, run: Run): string {
  const fill = (branch: (name: Name) => string): string =>
    tag.replace(placeholder, (_, name: Name, format?: string) => {
      if (name === 'branch') return branch(name);
      return name === 'date' && format !== undefined ? run.formatDate(format) : run[name];
    });
  if (!tag.includes('{{ run.branch }}')) return fill(() => '');
  const branches = tag.split('{{ run.branch }}').length - 1;
  const room = Math.max(1, Math.floor((MAX_TAG - fill(() => '').length) / branches));
  return fill(() => run.branch.slice(0, room));
}

/** Whether a tag uses the run that pushes it. */
export function usesRun(tag: string): boolean {
  return tag.search(placeholder) >= 0;
}

/** The first of each month: a format that pads with spaces, or names months, shows what it can look like. */
const sampleDates = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2000, month, 1)));

/** The tag as it could look in some runs, because tags are checked before these are known. */
export function sampleRunTags(tag: string): string[] {
  if (!usesRun(tag)) return [tag];
  const dates = tag.includes('| date: ') ? sampleDates : sampleDates.slice(0, 1);
  return dates.map((date) =>
    renderRunTag(tag, {
      date: '20000101',
      sha: '0'.repeat(12),
      full_sha: '0'.repeat(40),
      branch: 'b'.repeat(BRANCH_ROOM),
      formatDate: (format) => formatDate(date, format),
    }),
  );
}

/**
 * A date in a format of Liquid's filter `date`, in UTC.
 * @throws Error for a format that depends on the machine
 */
export function formatDate(date: Date, format: string): string {
  const variables = { seconds: date.getTime() / 1000, format };
  const rendered = renderLiquid('{{ seconds | date: format }}', { variables: () => variables, text: () => undefined });
  if ('error' in rendered) throw new Error(rendered.error);
  return rendered.text;
}

/** A branch with `-` for what a tag cannot have: `feature-x` for `feature/x`. Empty if nothing is left. */
export function branchForTag(branch: string): string {
  return branch.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '');
}

/** Replaces `run` while tags are rendered: each value is a mark that survives rendering unless something changes it. */
export class RunMarks {
  #reads = 0;
  #formats: string[] = [];
  readonly scope: object = Object.defineProperties(
    {},
    Object.fromEntries(
      Object.entries(names).map(([read, name]) => [read, { enumerable: true, get: () => this.#read(name) }]),
    ),
  );

  #read(name: Name): unknown {
    this.#reads += 1;
    if (name !== 'date') return mark(marks[name]);
    return new RunDate(mark(marks.date), (format) => {
      this.#formats.push(format);
      return mark(`Date${this.#formats.length - 1}`);
    });
  }

  /** Forgets what the previous tag read. */
  reset(): void {
    this.#reads = 0;
    this.#formats = [];
  }

  /**
   * The words of a text, with placeholders for marks; `undefined` if a filter or a condition used a mark. */
  unmark(rendered: string): string[] | undefined {
    const text = rendered.trim();
    const found = [...text.matchAll(marked)].length;
    const words = text
      .split(/\s+/)
      .map((word) => word.replaceAll(marked, (_, name: string) => this.#placeholder(name)));
    return found < this.#reads || words.some(isMark) ? undefined : words;
  }

  #placeholder(name: string): string {
    const format = this.#formats[Number(name.slice('Date'.length))];
    if (format === DEFAULT_FORMAT) return '{{ run.date }}';
    if (format !== undefined) return `{{ run.date | date: "${format}" }}`;
    return `{{ run.${name.toLowerCase()} }}`;
  }
}

/** By name. One with both cases is lost if a filter changes the case of the value. */
const marks: Record<Name, string> = { date: 'date', sha: 'sha', full_sha: 'full_sha', branch: 'Branch' };
const marked = /\ue000(date|sha|full_sha|Branch|Date\d+)\ue001/g;
