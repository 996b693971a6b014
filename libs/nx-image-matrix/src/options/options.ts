import { VARIABLE_NAME } from '@nx-image-matrix/diagnostics';
import { engineChoices } from '@nx-image-matrix/engine/engines';
import { MIRROR_PATTERN, REGISTRY_PATTERN } from '@nx-image-matrix/engine/mirror';
import { CUDA_REPOSITORY_BASE } from '@nx-image-matrix/manifest/cuda';
import { targetsOf, renamingOption, type TargetKey } from './targets.ts';
import type { Form, ValueOf } from './form.ts';

/** The definition of a plugin option. */
interface Option {
  /** The form of its values. */
  form: Form;
  /** The same in words, after "must be". */
  must: string;
  /** The default. */
  default?: unknown;
  /** The default in words, if it is not a single value. */
  otherwise?: string;
  /** One or two sentences, in Markdown. */
  description: string;
  /** The section of docs/ with more on it. */
  more?: string;
  /** Whether `init` writes it to `nx.json`, to show it to users. */
  shown?: true;
}

const folderBelow = {
  form: { type: 'string', pattern: String.raw`^(?!/)(?!.*(^|/)\.\.(/|$)).*[^/.]` },
  must: 'a folder below the manifest, such as "docker"',
} as const;

const text = { form: { type: 'string', pattern: '.' }, must: 'a text that is not empty' } as const;

/**
 * The options of the plugin entry in `nx.json`, in the order of the documentation; each target adds one that renames
 * it.
 */
export const options = {
  outputDir: {
    ...folderBelow,
    default: 'docker',
    description: 'Folder of the generated files, beside the manifest.',
    shown: true,
  },
  templatesRoot: {
    ...folderBelow,
    otherwise: 'the nearest common parent of all `templates_dir`s',
    description: 'Folder that partials are looked for in, beside the manifest.',
    more: 'templates.md#partials',
  },
  version: {
    ...text,
    description: "Release version, unless `IMAGE_VERSION` gives one; it goes before the manifest's.",
    more: 'manifest.md#version',
  },
  prefix: {
    form: { oneOf: [{ type: 'string' }, { type: 'object', additionalProperties: { type: 'string' } }] },
    must: 'a text, or a map from manifest path to text',
    default: '',
    description: 'Put before project names and local references: a string, or a map from manifest path to string.',
  },
  engine: {
    form: { enum: engineChoices },
    must: `one of ${engineChoices.map((choice) => `"${choice}"`).join(', ')}`,
    default: 'auto',
    description: 'Name of an engine; `auto` takes the first that works.',
    more: 'engines.md#what-each-engine-can-do',
    shown: true,
  },
  cudaRepositoryBase: {
    form: { type: 'string', pattern: String.raw`^https?://\S+$` },
    must: 'an http or https URL',
    default: CUDA_REPOSITORY_BASE,
    description: "What `cuda.repository_url` begins with: NVIDIA's server, or a mirror of it.",
    more: 'templates.md#variables',
  },
  buildTimeout: {
    form: { type: 'number', exclusiveMinimum: 0 },
    must: 'a number above 0',
    default: 3600,
    description: 'Seconds that one image may take to build.',
    shown: true,
  },
  maxParallel: {
    form: { type: 'integer', exclusiveMinimum: 0 },
    must: 'a whole number above 0',
    otherwise: 'number of cores',
    description: 'Images built or pushed at once.',
  },
  insecureRegistries: {
    form: { type: 'array', items: { type: 'string', pattern: String.raw`^[a-z0-9][a-z0-9.\-]*(:\d+)?$` } },
    must: 'a list of registries, such as ["registry.internal:5000"]',
    default: [],
    description: 'Registries, `host:port`, that are accessed over plain HTTP, besides loopback registries.',
  },
  builder: {
    form: { type: 'string', pattern: String.raw`^[a-zA-Z0-9][a-zA-Z0-9_.\-]*$` },
    must: 'the name of a builder, as `docker buildx ls` shows it',
    description: 'Builder of buildx that docker uses, unless `BUILDX_BUILDER` names one.',
    more: 'builders.md',
  },
  mirrors: {
    form: {
      type: 'object',
      propertyNames: { pattern: REGISTRY_PATTERN },
      additionalProperties: { type: 'string', pattern: MIRROR_PATTERN },
    },
    must: 'a map from registry to mirror, both without a scheme, such as { "docker.io": "mirror.example.com/dockerhub" }',
    otherwise: 'for Docker Hub the `registry-mirrors` of the Docker engine',
    description: 'What `docker-refresh` asks in the place of registries: a host, and a path if the mirror has one.',
    more: 'bases.md#mirrors',
  },
  load: {
    form: { type: 'boolean' },
    must: 'true or false',
    otherwise: '`true`, and `false` in CI',
    description: 'Whether `docker-build` pulls an image that it reuses from staging, so that it can be run.',
    more: 'staging.md#what-docker-build-does',
  },
  testBeforePush: {
    form: { type: 'boolean' },
    must: 'true or false',
    default: true,
    description: 'Whether `docker-push` of an image with tests needs them to have passed.',
    more: 'tests.md#before-a-push',
  },
  testTimeout: {
    form: { type: 'number', exclusiveMinimum: 0 },
    must: 'a number above 0',
    default: 60,
    description: 'Seconds that one container of a test may run.',
    more: 'tests.md#limits',
  },
  testPrivileges: {
    form: { type: 'boolean' },
    must: 'true or false',
    otherwise: '`true`, and `false` in CI',
    description: 'Whether tests may run privileged containers, and mount folders from outside the workspace.',
    more: 'tests.md#what-a-test-may-do',
  },
  buildSecrets: {
    form: {
      type: 'object',
      properties: {
        env: { type: 'array', items: { type: 'string', pattern: VARIABLE_NAME.source } },
        // `$HOME`, `%APPDATA%` and `~user` would not be expanded, and so allow nothing.
        folders: { type: 'array', items: { type: 'string', pattern: String.raw`^(?!\s*$)(?!~[^/])[^$%\0]*$` } },
      },
      additionalProperties: false,
    },
    must:
      'lists of names of variables and of folders, such as { "env": ["PIP_TOKEN"], "folders": ["~/.secrets"] }; ' +
      'a folder is absolute, relative to the workspace or begins with "~/", and variables in it are not filled in',
    default: {},
    description:
      'What build secrets may be: in CI only the variables of `env`, and files outside the workspace only below `folders`.',
    more: 'secrets.md#what-a-build-secret-may-be',
  },
} as const satisfies Record<string, Option>;

type OwnOptions = typeof options;

/** Options of the plugin entry in `nx.json`. */
export type ImageMatrixOptions = {
  -readonly [Name in keyof OwnOptions]?: ValueOf<OwnOptions[Name]['form']>;
} & { [Key in TargetKey as `${Key}TargetName`]?: string };

/** All options with their names; those that rename targets are last. */
export const allOptions: Readonly<Record<string, Option>> = {
  ...options,
  ...Object.fromEntries(
    targetsOf().map(([key, { name, does }]) => [
      renamingOption(key),
      { ...text, default: name, description: `Name of the target that ${does}.`, shown: true },
    ]),
  ),
};

/** The options that `init` writes, with their defaults, to show in `nx.json` what can be changed. */
export const shownOptions: ImageMatrixOptions = Object.fromEntries(
  Object.entries(allOptions).flatMap(([name, option]) => (option.shown ? [[name, option.default] as const] : [])),
);
