import { fileURLToPath } from 'node:url';

const engines = fileURLToPath(new URL('../../libs/engine', import.meta.url));

/** Only executors open an engine. The others know what engines there are, and leave out the code that is imported to open one. */
export const withoutOpeningEngines = {
  name: 'without-opening-engines',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, importer, path }) =>
      kind === 'dynamic-import' && importer.startsWith(engines) ? { path, external: true } : null,
    );
  },
};
