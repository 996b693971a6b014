import { isObject } from '@nx-image-matrix/engine/unknown';
import { folderFiles, manifestNames } from '../../workspace/manifests.ts';
import { readJsonc, setJson } from '../jsonc.ts';

const SETTINGS = '.vscode/settings.json';
const EXTENSIONS = '.vscode/extensions.json';
const YAML_EXTENSION = 'redhat.vscode-yaml';

/** `.vscode/settings.json` with the schema of manifests, for completion and hover. Keeps another pattern for it. */
export function associateSchema(text: string, schema: string): string {
  const schemas = readJsonc(text, SETTINGS)['yaml.schemas'];
  if (isObject(schemas) && Object.keys(schemas).some((key) => key.endsWith(schema))) return text;
  return setJson(text, ['yaml.schemas', schema], [...manifestNames, ...folderFiles]);
}

/** `.vscode/extensions.json` that recommends the extension that reads the schema, unless the workspace rejects it. */
export function recommendExtension(text: string): string {
  const { recommendations = [], unwantedRecommendations = [] } = readJsonc(text, EXTENSIONS) as Record<
    string,
    string[]
  >;
  const known = [...recommendations, ...unwantedRecommendations].map((name) => name.toLowerCase());
  if (known.includes(YAML_EXTENSION)) return text;
  return setJson(text, ['recommendations', recommendations.length], YAML_EXTENSION, recommendations.length > 0);
}
