import { hide } from '@nx-image-matrix/engine';
import { reporter, type Reporter } from './reporter.ts';

function recorded(options: { total?: number; verbose?: boolean; now?: () => number } = {}): [Reporter, string[]] {
  const lines: string[] = [];
  return [reporter({ total: 3, verbose: false, print: (line) => lines.push(line), ...options }), lines];
}

const took = (milliseconds: number) => ({ start: 0, end: milliseconds });

describe('a reporter', () => {
  it('prints a line when an image starts and when it ends, with the progress of the run', () => {
    const [report, lines] = recorded();
    report.started('building app:base');
    report.log('base', '#1 FROM debian');
    const left = report.ended('base', { success: true, output: 'app:base built (2.0 s)', saysTime: true }, took(2_000));
    report.ended('other', { success: true, output: 'pushed r/app:1\npushed r/app:2' }, took(3_400));
    report.ended('child', { success: false, skipped: true, output: 'child: not built, because of x.' });
    expect(left).toBe('');
    expect(lines).toEqual([
      'building app:base',
      'app:base built (2.0 s) [1/3]',
      'pushed r/app:1, pushed r/app:2 [3.4 s, 2/3]',
      'child: not built, because of x. [3/3]',
    ]);
  });

  it('returns the log and the error of a failed image', () => {
    const [report, lines] = recorded();
    report.log('base', '#1 broken');
    report.log('other', '#1 fine');
    const left = report.ended('base', { success: false, output: 'base: was not built' }, took(2_000));
    expect(lines).toEqual(['base failed [2.0 s, 1/3]']);
    expect(left).toBe('#1 broken\nbase: was not built');
  });

  it('prints the log at once with verbose output, and not again at the end', () => {
    const [report, lines] = recorded({ verbose: true });
    report.log('base', '#1 broken');
    expect(report.ended('base', { success: false, output: 'base: was not built' })).toBe('base: was not built');
    expect(lines).toEqual(['base | #1 broken', 'base failed [1/3]']);
  });

  it('keeps the end of a long log, and reports how much is missing', () => {
    const [report] = recorded();
    for (let line = 1; line <= 4_500; line += 1) report.log('base', `line ${line}`);
    const left = report.ended('base', { success: false, output: 'error' }).split('\n');
    expect(left).toHaveLength(1_002);
    expect(left.slice(0, 2)).toEqual(['(3500 lines before; --verbose shows all)', 'line 3501']);
    expect(left.slice(-2)).toEqual(['line 4500', 'error']);
  });

  it('prints the remaining time of a long run', () => {
    let now = 0;
    const [report, lines] = recorded({ total: 101, now: () => now });
    now = 4_000;
    report.ended('a', { success: true, output: 'a' });
    now = 60_000;
    report.ended('b', { success: true, output: 'b' });
    expect(lines).toEqual(['a [1/101]', 'b [2/101, about 49 min 30 s left]']);
  });

  it('prints no counts and no names for a single image', () => {
    const [report, lines] = recorded({ total: 1 });
    report.note('base', 'another run is building');
    report.ended('base', { success: true, output: 'app:base is up to date' }, took(20));
    expect(lines).toEqual(['another run is building', 'app:base is up to date [20 ms]']);
  });

  it('masks everything it prints, even the log of a failed image', () => {
    hide('tok-3n-of-7he-registry');
    const secret = 'x tok-3n-of-7he-registry x';
    for (const verbose of [false, true]) {
      const [report, lines] = recorded({ verbose });
      report.started(secret);
      report.note('base', secret);
      report.log('base', secret);
      const left = report.ended('base', { success: false, output: secret });
      report.ended('other', { success: true, output: secret });
      expect([...lines, left].join('\n')).not.toContain('tok-3n');
    }
  });
});
