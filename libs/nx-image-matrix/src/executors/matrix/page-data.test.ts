import type { ExplainedImage } from '../../explain/cause.ts';
import { pageData } from './page-data.ts';
import type { MatrixRow } from './rows.ts';

const rows = ['app-base', 'app-runtime'].map((project) => ({ project }) as MatrixRow);
const facts = { manifest: 'manifest.yml', engine: 'docker', filter: [] };

it('says of each image why it differs from a base, if one is given', () => {
  const changed: ExplainedImage = {
    name: 'app-base',
    manifest: 'manifest.yml',
    change: 'changed',
    causes: [{ kind: 'version', name: 'version', from: '1.0.0', to: '1.1.0', file: 'manifest.yml', line: 1 }],
  };
  const { images } = pageData(rows, facts, new Map([['app-base', changed]]));
  expect(images.map(({ differsBy }) => differsBy)).toEqual([['version 1.0.0 -> 1.1.0 manifest.yml:1'], []]);
});

it('says nothing of it without a base', () => {
  expect(pageData(rows, facts).images.map((image) => 'differsBy' in image)).toEqual([false, false]);
});
