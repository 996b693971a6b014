import { MatrixLiquid } from '@nx-image-matrix/manifest/liquid';
import { readPage } from './pages.ts';

const page = readPage('docs/templates.md');
const [, section = ''] = /^## Versions in conditions\n([^]*?)^## /m.exec(page) ?? [];
const rows = [...section.matchAll(/^\| `(.+)` \| (true|false)/gm)].map(([, condition, result]) => [condition, result]);

describe('docs/templates.md, versions in conditions', () => {
  it('has a table', () => {
    expect(rows.length).toBeGreaterThan(5);
  });

  it.each(rows)('%s is %s', (condition, result) => {
    const liquid = new MatrixLiquid({ parseLimit: 1000, memoryLimit: 1000 });
    const image = {
      args: { PYTHON_VERSION: '3.12' },
      distro: { version: '12' },
      cuda: { version: { full: '12.4.1' } },
    };
    expect(liquid.parseAndRenderSync(`{{ ${condition} }}`, image)).toBe(result);
  });
});

it('docs/templates.md, an extra file for some of the images', () => {
  const [, template = ''] = /only images with CUDA have a `cuda.sources`:\n\n```liquid\n([^]*?)```/.exec(page) ?? [];
  const liquid = new MatrixLiquid({ parseLimit: 1000, memoryLimit: 1000 });
  const render = (cuda: object | null): string => String(liquid.parseAndRenderSync(template, { cuda })).trim();
  expect(render(null)).toBe('');
  expect(render({ repository_url: 'https://x' })).toBe('URIs: https://x/');
});

it('docs/templates.md, several architectures', () => {
  const [, template = '', shown = ''] =
    /from `cuda.repository_urls`:\n\n```liquid\n([^]*?)```\n\n```dockerfile\n([^]*?)```/.exec(page) ?? [];
  const liquid = new MatrixLiquid({ parseLimit: 1000, memoryLimit: 1000 });
  const base = 'https://developer.download.nvidia.com/compute/cuda/repos/debian12';
  const cuda = { repository_urls: { amd64: `${base}/x86_64`, arm64: `${base}/sbsa` } };
  expect(liquid.parseAndRenderSync(template, { from: 'x', cuda })).toContain(shown);
  expect(shown).not.toBe('');
});
