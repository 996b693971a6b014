import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { TestsOfImages } from '../../src/image-tests/tests-of-images.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { Browser } from '../support/browser.ts';
import { packagesMatrix, recordBuilds } from '../support/large-matrix.ts';
import { Workspace } from '../support/workspace.ts';

interface Row {
  project: string;
  root: string;
  reference: string;
  buildId: string;
  parents: string[];
}

const noEngine = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
const hostile = `</script><img src=x onerror=alert(1)>\u2028"'`;

function workspaceWith(files: Record<string, string>): {
  workspace: Workspace;
  rows: Row[];
} {
  const workspace = new Workspace({ files, plugin: { engine: 'docker' } });
  workspace.nxOk('sync');
  workspace.nxOk('run images:docker-matrix --json=dist/rows.json', noEngine);
  const rows = workspace.readJson<Row[]>('dist/rows.json');
  recordBuilds(workspace, rows);
  return { workspace, rows };
}

/** What `docker-test` and `docker-scan` leave: failed tests, a failed scan, and the scan of an earlier image. */
function recordChecks(workspace: Workspace, rows: readonly Row[]): void {
  const optionsOf = () => resolveOptions(undefined);
  const tests = new TestsOfImages({ root: workspace.root, manifests: ['manifest.yml'], optionsOf, environment: {} });
  const [failed, scanned, earlier] = rows.map(({ project, root }) => {
    const { imageId } = workspace.readJson<{ imageId: string }>(`dist/${root}/build.json`);
    return { root, imageId, tests: tests.read(project).digest };
  });
  const results = ['HIGH', 'LOW'].map((severity) => ({
    ruleId: `CVE-${severity}`,
    message: { text: `Package: openssl\nSeverity: ${severity}` },
  }));
  const sarif = (imageId: string): string =>
    JSON.stringify({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: `Scanner ${hostile}`, version: '1' } }, results }],
      properties: { 'nx-image-matrix': { imageId, scannedAt: '2026-01-31T14:05:06.000Z' } },
    });
  workspace.write({
    [`dist/${failed!.root}/test.json`]: JSON.stringify({ ...failed, failed: true }),
    [`dist/${scanned!.root}/test.json`]: JSON.stringify({ ...scanned, results: [] }),
    [`dist/${scanned!.root}/scan.sarif`]: sarif(scanned!.imageId),
    [`dist/${earlier!.root}/scan.sarif`]: sarif('sha256:earlier'),
  });
}

const cells = (page: Page) => page.locator('.cell');
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search images' });
const countIs = (page: Page, text: string) => page.getByRole('status').getByText(text, { exact: true }).waitFor();

describe('the page of docker-matrix --html', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await Browser.start();
  });
  afterAll(() => browser.stop());

  describe('with sixteen images', () => {
    let workspace: Workspace;
    let rows: Row[];
    let bases: Row[];
    let page: Page;
    let complaints: string[];

    beforeAll(async () => {
      const matrix = packagesMatrix(['model-server']);
      matrix['manifest.yml'] = matrix['manifest.yml']!.replace('    test: [debian, alpine]\n', '').replace(
        'release_spec: {',
        `release_spec: { args: { NOTE: ${JSON.stringify(hostile)} }, tests: [test.yaml], scan: {},`,
      );
      matrix['test.yaml'] = 'schemaVersion: 2.0.0\nmetadataTest: { workdir: "/" }\n';
      matrix['templates/devel.Dockerfile.liquid'] = 'FROM {{ from }}\nARG NOTE\nRUN echo devel > /name\n';
      ({ workspace, rows } = workspaceWith(matrix));
      bases = rows.filter(({ root }) => root.endsWith('/base'));
      recordChecks(workspace, bases.slice(0, 3));
      workspace.nxOk('run images:docker-matrix --html', noEngine);
      ({ page, complaints } = await browser.open(join(workspace.root, 'dist/docker/matrix.html')));
    });
    beforeEach(async () => {
      await page.reload();
      await page.getByRole('tab', { name: 'Matrix' }).click();
    });
    afterAll(() => workspace.dispose());

    it('has a cell for every image, by package, distro and release type', async () => {
      expect(rows).toHaveLength(16);
      expect(
        (await cells(page).evaluateAll((all) => all.map((cell) => cell.getAttribute('data-project')))).sort(),
      ).toEqual(rows.map(({ project }) => project).sort());
      expect(await page.getByRole('columnheader').allTextContents()).toEqual([
        'Package',
        'Distro',
        'base',
        'cudnn',
        'devel',
        'runtime',
      ]);
      expect(await page.getByRole('rowheader').allTextContents()).toEqual([
        'model-server',
        'alpine 3.21',
        'alpine 3.22',
        'debian 12',
        'debian 13',
      ]);
      const second = page.getByRole('row', { name: 'alpine 3.22' }).locator('.cell').first();
      expect(await second.getAttribute('data-project')).toBe('model-server-alpine3.22-base');
    });

    it('shows the images that match a search and the chosen statuses, in every view', async () => {
      await search(page).fill('debian12 CUDNN');
      await countIs(page, '1 of 16 images');
      expect(await cells(page).count()).toBe(1);
      await page.getByRole('tab', { name: 'FROM tree' }).click();
      expect(await page.locator('.tree .image:not(.context) .name').allTextContents()).toEqual([
        'model-server-debian12-cudnn',
      ]);
      expect(await page.locator('.tree .image.context .name').allTextContents()).toEqual([
        'model-server-debian12-base',
      ]);
      await search(page).fill('no such image');
      await page.getByText('No image matches.').waitFor();
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.getByRole('tab', { name: 'Matrix' }).click();
      await page.getByRole('button', { name: /^not built/ }).click();
      await countIs(page, '1 of 16 images');
    });

    it('folds and unfolds the tree', async () => {
      await page.getByRole('tab', { name: 'FROM tree' }).click();
      expect(await page.locator('.tree .image:visible').count()).toBe(16);
      await page.getByRole('button', { name: 'debian:12: 1 image from it' }).click();
      expect(await page.locator('.tree .image:visible').count()).toBe(12);
      await page.getByRole('button', { name: 'Collapse all' }).click();
      expect(await page.locator('.tree .image:visible').count()).toBe(0);
      await page.getByRole('button', { name: 'Expand all' }).click();
      expect(await page.locator('.tree .image:visible').count()).toBe(16);
    });

    it('shows sizes and durations as bars in proportion, and sorts by them', async () => {
      await page.getByRole('tab', { name: 'Last builds' }).click();
      const widths = () =>
        page
          .locator('.bar.size')
          .evaluateAll((bars) => bars.map((bar) => parseFloat(bar.getAttribute('style')!.slice('width: '.length))));
      const sizes = await page.locator('td:nth-child(2) .value').allTextContents();
      const bytes = sizes.map((text) => parseFloat(text));
      expect(bytes).toHaveLength(15);
      expect(bytes).toEqual(bytes.toSorted((a, b) => b - a));
      const shares = await widths();
      for (const [index, size] of bytes.entries()) expect(shares[index]).toBeCloseTo((100 * size) / bytes[0]!, 0);
      await page.getByRole('button', { name: 'Image', exact: true }).click();
      const names = await page.locator('.builds tbody .name').allTextContents();
      expect(names[0]).toBe('model-server-alpine3.21-base');
      expect(await page.getByRole('columnheader', { name: 'Image' }).getAttribute('aria-sort')).toBe('ascending');
    });

    it('shows everything about an image on a click, and closes with Escape', async () => {
      const cell = page.locator('[data-project="model-server-debian12-devel"]');
      await cell.click();
      const panel = page.getByRole('complementary', { name: 'model-server-debian12-devel' });
      const { buildId } = rows.find(({ project }) => project === 'model-server-debian12-devel')!;
      for (const text of [
        'model-server:devel-debian12',
        'registry.example.com/acme/model-server',
        'docker/model-server/debian12/devel',
        'Dockerfile.dockerignore',
        'distro:debian12',
        buildId,
        'docker 28.2.2, linux/amd64',
      ]) {
        await panel.getByText(text, { exact: true }).waitFor();
      }
      await panel.getByRole('button', { name: 'model-server-debian12-base' }).click();
      const parent = page.getByRole('complementary', { name: 'model-server-debian12-base' });
      expect(await parent.getByRole('button', { name: /cudnn|devel|runtime/ }).count()).toBe(3);
      await page.keyboard.press('Escape');
      await parent.waitFor({ state: 'hidden' });
      expect(await cell.evaluate((element) => element.matches(':focus'))).toBe(true);
    });

    it('shows what tests and scans have found, in every view, and finds it', async () => {
      await search(page).fill('tests failed');
      await countIs(page, '1 of 16 images');
      expect(await cells(page).first().getAttribute('data-project')).toBe(bases[0]!.project);
      expect(await cells(page).first().getAttribute('aria-label')).toMatch(/, tests failed$/);
      await search(page).fill('scan failed');
      await countIs(page, '1 of 16 images');
      await page.getByText('scan failed', { exact: true }).click();
      const panel = page.getByRole('complementary', { name: bases[1]!.project });
      for (const text of [
        'test.yaml',
        'passed',
        '1 high, 1 low',
        /^Scanner <\/script><img src=x onerror=alert\(1\)>/,
      ]) {
        await panel.getByText(text, { exact: true }).first().waitFor();
      }
      await search(page).fill('');
      await page.getByRole('tab', { name: 'Last builds' }).click();
      expect(await page.getByRole('columnheader').allTextContents()).toEqual(
        'Image Size Duration Built Tested Scanned Reason'.split(' '),
      );
      const row = page.getByRole('row').filter({ has: page.locator(`[data-project="${bases[1]!.project}"]`) });
      expect((await row.locator('.check').allTextContents()).join()).toMatch(/^passed,1 failing, \d{4}-/);
      const outdated = page.getByRole('row').filter({ has: page.locator(`[data-project="${bases[2]!.project}"]`) });
      expect((await outdated.locator('.check').allTextContents()).join()).toMatch(/^not yet,outdated, \d{4}-/);
    });

    it('is used by keyboard: one stop for the grid, arrow keys in it', async () => {
      await page.keyboard.press('/');
      await page.keyboard.type('alpine');
      await countIs(page, '8 of 16 images');
      const focused = () => page.locator(':focus').getAttribute('data-project');
      await cells(page).first().focus();
      await page.keyboard.press('ArrowRight');
      expect(await focused()).toBe('model-server-alpine3.21-cudnn');
      await page.keyboard.press('ArrowDown');
      expect(await focused()).toBe('model-server-alpine3.22-cudnn');
      await page.keyboard.press('End');
      expect(await focused()).toBe('model-server-alpine3.22-runtime');
      await page.keyboard.press('Enter');
      await page.getByRole('complementary', { name: 'model-server-alpine3.22-runtime' }).waitFor();
      expect(await page.locator('.grid button[tabindex="0"]').count()).toBe(1);
    });

    it('shows malicious text of the manifest as text', async () => {
      await page.locator('[data-project="model-server-debian12-devel"]').click();
      await page.getByText(`NOTE=${hostile}`).waitFor();
      expect(await page.locator('img').count()).toBe(0);
      expect(workspace.read('dist/docker/matrix.html').match(/<\/script>/g)).toHaveLength(2);
    });

    it('has written nothing to the console, and requested nothing', () => {
      expect(complaints).toEqual([]);
    });

    it('is written to the requested path, with the selected images, and never over a folder', async () => {
      workspace.nxOk('run images:docker-matrix --html=out/page.html --tag=type:base', noEngine);
      const other = await browser.open(join(workspace.root, 'out/page.html'));
      await countIs(other.page, '4 images');
      await other.page.close();
      const { status, output } = workspace.nx('run images:docker-matrix --html=out', noEngine);
      expect(status).toBe(1);
      expect(output).toContain('is a folder; the path of a file is needed');
    });
  });

  it('holds a thousand images', async () => {
    const { workspace, rows } = workspaceWith(
      packagesMatrix(Array.from({ length: 50 }, (_, index) => `service-${index + 1}`)),
    );
    try {
      workspace.nxOk('run images:docker-matrix --html', noEngine);
      const path = join(workspace.root, 'dist/docker/matrix.html');
      expect(rows).toHaveLength(1000);
      expect(statSync(path).size).toBeLessThan(3_000_000);
      const { page, complaints } = await browser.open(path);
      await countIs(page, '1000 images');
      expect(await cells(page).count()).toBe(1000);
      await search(page).fill('service-7 debian13');
      await countIs(page, '5 of 1000 images');
      await search(page).fill('');
      await countIs(page, '1000 images');
      await page.getByRole('tab', { name: 'Last builds' }).click();
      expect(await page.locator('.builds tbody tr').count()).toBe(900);
      await page.getByRole('tab', { name: 'FROM tree' }).click();
      await page.getByRole('button', { name: 'Expand all' }).click();
      expect(await page.locator('.tree .image').count()).toBe(1000);
      expect(complaints).toEqual([]);
    } finally {
      workspace.dispose();
    }
  });
});
