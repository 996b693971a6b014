import { digestsIn, parentsLabel } from './parents-label.ts';

const [a, b] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string];

it('names each parent with its digest, in one order', () => {
  const label = parentsLabel(
    new Map([
      ['team/app:base', b],
      ['localhost:5000/app:1', a],
    ]),
  );
  expect(label).toBe(`localhost:5000/app:1=${a} team/app:base=${b}`);
  expect(digestsIn(label)).toEqual([a, b]);
});

it.each([undefined, '', ' ', 'app:base'])('has no digest in %j', (label) => {
  expect(digestsIn(label)).toEqual([]);
});
