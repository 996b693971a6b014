import { holdOutput } from './held-output.ts';

describe('held output', () => {
  const written: string[] = [];
  const { write } = process.stdout;
  beforeEach(() => {
    written.length = 0;
    process.stdout.write = ((text: string) => written.push(text) > 0) as typeof write;
  });
  afterEach(() => {
    process.stdout.write = write;
  });

  it('is written at the end in one piece, from both streams, with space below for what Nx draws', () => {
    const { release } = holdOutput(13);
    process.stdout.write('building app:base\n');
    process.stderr.write(Buffer.from('a warning\n'));
    expect(written).toEqual([]);
    release();
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^\nbuilding app:base\na warning\n\n{13,}$/);
    process.stdout.write('later');
    expect(written[1]).toBe('later');
  });

  it('calls back a writer that waits', async () => {
    const { release } = holdOutput(1);
    await new Promise<void>((resolve) => process.stdout.write('text', () => resolve()));
    release();
    expect(written.join('')).toContain('text');
  });

  it('is empty if nothing was written', () => {
    holdOutput(13).release();
    expect(written).toEqual([]);
  });
});
