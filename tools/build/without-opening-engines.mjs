import { fileURLToPath } from 'node:url';

const engines = fileURLToPath(new URL('../../libs/engine', import.meta.url));

/** Only executors open an engine. Other bundles know the list of engines, but leave out the code that opens one. */
export const withoutOpeningEngines = {
  name: 'without-opening-engines',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, importer, path }) =>
      kind === 'dynamic-import' && importer.startsWith(engines) ? { path, external: true } : null,
    );
  },
};
