import { nxDataFolders } from './nx-data.ts';

describe('the folders that Nx keeps its data in', () => {
  it.each<[what: string, nxJson: object, environment: NodeJS.ProcessEnv, folders: string[]]>([
    ['by default', {}, {}, []],
    ['by nx.json', { cacheDirectory: 'tmp/cache/' }, {}, ['tmp/cache']],
    ['by its task runner', { tasksRunnerOptions: { default: { options: { cacheDirectory: './c' } } } }, {}, ['c']],
    ['by the environment', {}, { NX_CACHE_DIRECTORY: '/w/b', NX_WORKSPACE_DATA_DIRECTORY: 'a' }, ['a', 'b']],
    ['inside of what is known', { cacheDirectory: '.nx/other' }, {}, []],
    ['beside it', { cacheDirectory: '.nx-cache' }, {}, ['.nx-cache']],
    ['outside of the workspace', { cacheDirectory: '../cache' }, { NX_CACHE_DIRECTORY: '/tmp/nx' }, []],
    ['at the workspace itself', { cacheDirectory: '.' }, {}, []],
    ['by something else', { cacheDirectory: 1 }, { NX_CACHE_DIRECTORY: '' }, []],
  ])('are told %s', (_, nxJson, environment, folders) => {
    expect(nxDataFolders(nxJson, '/w', environment)).toEqual(['.nx', 'node_modules/.cache/nx', ...folders]);
  });
});
