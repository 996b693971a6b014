import { suggest } from '@nx-image-matrix/diagnostics';
import type { EngineChoice } from '@nx-image-matrix/engine';
import { nxDataFolders } from '../workspace/nx-data.ts';
import { allOptions, options as table, type ImageMatrixOptions } from './options.ts';
import { forEachTarget, renamingOption, type TargetNames } from './targets.ts';
import { validate } from './validate.generated.mjs';

/** The options of a plugin entry, with defaults. */
export interface ResolvedOptions extends Pick<
  ImageMatrixOptions,
  'templatesRoot' | 'version' | 'maxParallel' | 'load' | 'testPrivileges' | 'builder'
> {
  outputDir: string;
  prefix: NonNullable<ImageMatrixOptions['prefix']>;
  engine: NonNullable<ImageMatrixOptions['engine']>;
  cudaRepositoryBase: string;
  /** Milliseconds. */
  buildTimeout: number;
  insecureRegistries: readonly string[];
  /** By registry. */
  mirrors: Readonly<Record<string, string>>;
  testBeforePush: boolean;
  /** Milliseconds. */
  testTimeout: number;
  buildSecrets: { env: readonly string[]; folders: readonly string[] };
  targets: TargetNames;
  /** Folders, relative to the workspace, in which Nx keeps its data. */
  nxData: readonly string[];
}

/**
 * Fills in the defaults of options.
 * @throws Error that lists every option in `nx.json` that is unknown or invalid.
 */
export function resolveOptions(
  options: ImageMatrixOptions = {},
  nxData: readonly string[] = nxDataFolders({}, '', {}),
): ResolvedOptions {
  const problems = problemsOf(options);
  if (problems.length > 0) {
    throw new Error(
      `The options of the plugin "nx-image-matrix" in nx.json cannot be used:\n  ${problems.join('\n  ')}`,
    );
  }
  const { templatesRoot, version, maxParallel, load, testPrivileges, builder } = options;
  const { env = [], folders = [] } = options.buildSecrets ?? {};
  return {
    outputDir: trimSlashes(options.outputDir ?? table.outputDir.default),
    templatesRoot: templatesRoot && trimSlashes(templatesRoot),
    version,
    prefix: options.prefix ?? table.prefix.default,
    engine: options.engine ?? table.engine.default,
    cudaRepositoryBase: (options.cudaRepositoryBase ?? table.cudaRepositoryBase.default).replace(/\/+$/, ''),
    buildTimeout: (options.buildTimeout ?? table.buildTimeout.default) * 1000,
    maxParallel,
    insecureRegistries: options.insecureRegistries ?? table.insecureRegistries.default,
    mirrors: options.mirrors ?? {},
    ...(load !== undefined && { load }),
    testBeforePush: options.testBeforePush ?? table.testBeforePush.default,
    testTimeout: (options.testTimeout ?? table.testTimeout.default) * 1000,
    ...(testPrivileges !== undefined && { testPrivileges }),
    ...(builder !== undefined && { builder }),
    buildSecrets: { env, folders },
    targets: forEachTarget((key, { name }) => options[renamingOption(key)] ?? name),
    nxData,
  };
}

/** A sentence for each option that is unknown or has an invalid value. */
function problemsOf(options: ImageMatrixOptions): string[] {
  if (validate(options)) return [];
  const names = new Set(
    (validate.errors ?? []).map(({ keyword, instancePath, params }) =>
      keyword === 'additionalProperties' && instancePath === ''
        ? String(params['additionalProperty'])
        : (instancePath.split('/')[1] ?? ''),
    ),
  );
  const values = new Map(Object.entries(options));
  return [...names].map((name) => {
    const option = Object.hasOwn(allOptions, name) ? allOptions[name] : undefined;
    if (option) return `"${name}" is ${JSON.stringify(values.get(name))}, but must be ${option.must}`;
    if (name === '') return `they are ${JSON.stringify(options)}, but must be an object`;
    const near = suggest(name, Object.keys(allOptions));
    const hint = near === undefined ? `there are ${Object.keys(allOptions).join(', ')}` : `did you mean "${near}"?`;
    return `"${name}" is not an option; ${hint}`;
  });
}

function trimSlashes(folder: string): string {
  return folder.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
}

/** The engine, and the builder, that the options name. */
export function engineChoice({ engine, builder }: Pick<ResolvedOptions, 'engine' | 'builder'>): EngineChoice {
  return builder === undefined ? engine : { engine, builder };
}
