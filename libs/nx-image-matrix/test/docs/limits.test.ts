import { readPage } from './pages.ts';

/** Factors from the units of the page to those of the code. */
const units: Record<string, number[]> = {
  ms: [1],
  s: [1, 1_000],
  min: [60, 60_000],
  KiB: [1_024],
  MiB: [1_024 ** 2],
};

/** Rows with a number and, in their last column, the file that defines it. */
const rows = [
  ...readPage('docs/limits.md').matchAll(/^\| (.+?) \| ([\d,]+)(?: (\w+))? \|.* \[\S+\]\(\.\.\/(\S+)\) \|$/gm),
];
const limits = rows.map(([, limit, value, unit, file]) => ({
  limit,
  file: file!,
  numbers: (units[unit ?? ''] ?? [1]).map((factor) => Number(value!.replaceAll(',', '')) * factor),
}));

describe('each limit of docs/limits.md', () => {
  it.each(limits)('is in the file that sets it: $limit', ({ file, numbers }) => {
    const found = numbersOf(readPage(file));
    expect(numbers.some((number) => found.has(number)) ? [] : { numbers, found: [...found] }).toEqual([]);
  });

  it('is in a table of one kind', () => {
    expect(limits.length).toBeGreaterThan(40);
  });
});

/** The numbers in a source, including products such as `4 * 1024` and `30 * 60_000`. */
function numbersOf(source: string): Set<number> {
  const products = source.match(/\b\d[\d_]*(?: \* \d[\d_]*)*\b/g) ?? [];
  return new Set(
    products.map((product) =>
      product
        .replaceAll('_', '')
        .split(' * ')
        .reduce((all, factor) => all * Number(factor), 1),
    ),
  );
}
